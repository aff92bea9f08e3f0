/** Predicts rows after the end of the model's history: each looks back on the predictions of the rows before it. */
import type { Model } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { findTransform } from "../../features/index.ts";
import { historyEnd, keyColumns, timesOf, type SeriesState } from "../../features/seriesState.ts";
import { historyFromBatch } from "../rows/historyFromBatch.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";
import { historyColumns } from "./forecaster.ts";
import { predictor } from "./predictor.ts";

/**
 * Tables may follow each other in time.
 * @returns a function to the predictions of a table's rows, NaN for those within the history or without one; undefined
 *   for a model that does not look back on its target alone
 */
export function continuedRows(model: Model): ((table: Table) => Float64Array) | undefined {
  const looksBack = model.transforms.find(({ type }) => findTransform(type)?.looksBack !== undefined);
  const isNumber = model.signature.target.task === "regression";
  if (!isNumber || looksBack === undefined || historyColumns(model).length > 0) return undefined;
  const state = looksBack.state as unknown as { readonly series: readonly SeriesState[] };
  const end = historyEnd(state);
  const loaded = findEstimator(model.estimator.family).load(model.estimator);
  let current = model;
  return (table) => {
    const predicted = new Float64Array(table.rowCount).fill(NaN);
    const times = timesOf(table, keyColumns(state)[0]!)!.values;
    const later = Map.groupBy(
      [...times.keys()].filter((row) => times[row]! > end),
      (row) => times[row]!,
    );
    for (const [, rows] of [...later].toSorted(([a], [b]) => a - b)) {
      const reached = Array.from(rowsInReach(current, selectRows(table, rows)), (at) => rows[at]!);
      const inputs = selectRows(table, reached);
      const { yPred } = predictor(current, loaded)(inputs);
      reached.forEach((row, i) => (predicted[row] = yPred[i]!));
      current = historyFromBatch(current, { inputs, table: inputs, y: yPred });
    }
    return predicted;
  };
}
