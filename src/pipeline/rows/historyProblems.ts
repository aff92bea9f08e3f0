/** Finds rows whose date is beyond the model's history, or further from it than in training. */
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { historyGaps } from "../../features/historyGaps.ts";
import type { RowProblem } from "./rowReader.ts";

/** @returns a function from checked rows to their problems; always empty for a model without lag features */
export function historyProblems({ transforms, signature }: Model): (table: Table) => RowProblem[] {
  const gapsOf = historyGaps(transforms);
  const column = signature.inputs.find(({ kind, minimum }) => kind === "date" && minimum === undefined)?.name ?? "";
  return (table) =>
    (gapsOf?.(table) ?? []).flatMap((gap, row): RowProblem[] =>
      gap === null ? [] : [{ row, column, check: gap.kind === "missing" ? "history" : "range", message: gap.message }],
    );
}
