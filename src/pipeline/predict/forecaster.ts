/** Predicts several steps ahead: each step looks back on the predictions of the steps before it. */
import type { FittedTransform, Model } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { findTransform } from "../../features/index.ts";
import { historyFromBatch } from "../rows/historyFromBatch.ts";
import { predictor } from "./predictor.ts";

/** Rows to forecast, of any number of series. */
export interface FutureRows {
  /** The inputs of the model, and the other columns that it looks back on except the target. */
  readonly table: Table;
  /** Step of each row, from 1; the steps of a series follow each other. */
  readonly steps: Int32Array;
}

/**
 * Loads the estimator once.
 * @returns a function to the prediction of each row; `transforms` has another history than the model's. It throws
 *   {MlctlError} kind "data" for a row that the history does not reach.
 */
export function forecaster(
  model: Model,
): (future: FutureRows, transforms?: readonly FittedTransform[]) => Float64Array {
  const loaded = findEstimator(model.estimator.family).load(model.estimator);
  return ({ table, steps }, transforms = model.transforms) => {
    const predicted = new Float64Array(table.rowCount);
    const rowsOfStep = Map.groupBy(steps.keys(), (row) => steps[row]!);
    let current: Model = { ...model, transforms };
    for (const [, rows] of [...rowsOfStep].toSorted(([a], [b]) => a - b)) {
      const inputs = selectRows(table, rows);
      const { yPred } = predictor(current, loaded)(inputs);
      rows.forEach((row, i) => (predicted[row] = yPred[i]!));
      current = historyFromBatch(current, { inputs, table: inputs, y: yPred });
    }
    return predicted;
  };
}

/** The transforms as they were at an instant: with the history up to it, inclusive. */
export function historyUntil(transforms: readonly FittedTransform[], time: number): FittedTransform[] {
  return transforms.map(({ type, state }) => ({
    type,
    state: findTransform(type)?.cutHistory?.(state, time + 1) ?? state,
  }));
}

/** Columns other than the target whose history the model looks back on. */
export function historyColumns({ transforms, signature }: Pick<Model, "transforms" | "signature">): string[] {
  const all = transforms.flatMap(({ type, state }) => findTransform(type)?.looksBack?.(state).columns ?? []);
  return [...new Set(all)].filter((name) => name !== signature.target.name);
}
