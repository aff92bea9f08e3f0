/** Finds rows whose date is beyond the model's history, or further from it than in training. */
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { historyGaps } from "../../features/history.ts";
import type { RowProblem } from "./rowReader.ts";
import { seriesColumnsOf } from "./unseenSeries.ts";

/** @returns a function from checked rows to their problems; always empty for a model without lag features */
export function historyProblems(model: Model): (table: Table) => RowProblem[] {
  const { transforms, signature } = model;
  const gapsOf = historyGaps(transforms);
  const [by = ""] = seriesColumnsOf(model);
  const column = signature.inputs.find(({ kind, minimum }) => kind === "date" && minimum === undefined)?.name ?? "";
  return (table) =>
    (gapsOf?.(table) ?? []).flatMap((gap, row): RowProblem[] => {
      if (gap === null) return [];
      const { kind, message, unseen: series } = gap;
      const check = kind === "missing" ? "history" : "range";
      return [series === undefined ? { row, column, check, message } : { row, column: by, check, message, series }];
    });
}
