/** Rows after the end of the history: each looks back on the predictions for the rows before it, as a forecast does. */
import type { Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/metric.ts";
import { selectRows, type Table } from "../../core/table/table.ts";
import { continuedRows } from "../../pipeline/predict/forecaster.ts";
import type { CheckedTable, RowFinding, RowPolicy } from "./checkRows.ts";

export interface CheckedSeries extends CheckedTable {
  /** By row: the prediction of a row that looks back on others, else NaN; undefined if there is none. */
  readonly continued?: Float64Array;
  /** Has these predictions in its history. */
  readonly model?: () => Model;
}

const REPEATED = "an earlier row is of the same time and series: later rows look back on that one";

/** For tables that follow each other, such as the batches of a file. */
export type ContinueSeries = (checked: CheckedTable) => CheckedSeries;

/** @returns a function that starts again, for the next file or request */
export function seriesContinuer(model: Model, { history }: Pick<RowPolicy, "history">): () => ContinueSeries {
  const start = history === "error" ? undefined : continuedRows(model);
  return () => {
    const end = start?.();
    // Each of their rows looks back on labels alone, but later tables may look back on them.
    const before: Table[] = [];
    return (checked) => {
      if (end === undefined) return checked;
      if (!checked.lacksHistory) {
        const later = end.later(checked.table);
        if (later.rowCount > 0) before.push(later);
        return checked;
      }
      for (const table of before.splice(0)) end.follow(table);
      const { predicted: continued, repeated, model: later } = end.follow(checked.table);
      const solved = checked.errors.filter((each) => isContinued(each, continued));
      const errors = checked.errors.filter((each) => !isContinued(each, continued));
      const warnings = [...checked.warnings, ...(history === "ignore" ? [] : solved)].map((each) =>
        isContinued(each, continued)
          ? { ...each, message: `${each.message}; it looks back on the predictions before it` }
          : each,
      );
      for (const row of repeated) warnings.push({ row, column: end.timeColumn, check: "row", message: REPEATED });
      return { ...checked, errors, warnings: warnings.toSorted((a, b) => a.row - b.row), continued, model: later };
    };
  };
}

/** Whether the finding is of a row that was predicted all the same. */
export function isContinued({ check, series, row }: RowFinding, continued: Float64Array | undefined): boolean {
  return check === "history" && series === undefined && !Number.isNaN(continued?.[row] ?? NaN);
}

/** The predictions of some rows of a checked table. */
export function predictRows(
  predict: (table: Table) => Prediction,
  { table, continued }: CheckedSeries,
  rows: readonly number[],
): Prediction {
  const known = continued === undefined ? rows : rows.filter((row) => Number.isNaN(continued[row]));
  const prediction = predict(known.length === table.rowCount ? table : selectRows(table, known));
  if (continued === undefined) return prediction;
  const values = prediction.yPred.values();
  return {
    ...prediction,
    yPred: Float64Array.from(rows, (row) => (Number.isNaN(continued[row]) ? values.next().value! : continued[row]!)),
  };
}
