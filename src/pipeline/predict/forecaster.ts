/** Predicts several steps ahead: each step looks back on the predictions of the steps before it. */
import type { Predictor } from "../../core/estimator.ts";
import type { FittedTransform, Model } from "../../core/records/model.ts";
import { cellText } from "../../core/table/cellText.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { findTransform } from "../../features/index.ts";
import { historyEnd, keyColumns, timesOf, type SeriesState } from "../../features/seriesState.ts";
import { historyFromBatch } from "../rows/historyFromBatch.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";
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
  return ({ table, steps }, transforms = model.transforms) =>
    predictSteps({ ...model, transforms }, loaded, { table, steps: inOrder(steps.keys(), steps) }).predicted;
}

/**
 * Rows after the end of the model's history, each looking back on the predictions before it. Tables may follow each other
 * in time.
 * @returns a function to the predictions of a table's rows, NaN for those within the history or out of its reach; undefined
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
  const begun = new Set<string>();
  return (table) => {
    const times = timesOf(table, keyColumns(state)[0]!)!.values;
    const later = [...times.keys()].filter((row) => times[row]! > end);
    const steps = inOrder(later, times);
    const made = predictSteps(current, loaded, { table, steps, skip: true });
    current = made.model;
    // The first row of a series looks back on labels alone.
    const by = keyColumns(state)
      .slice(1)
      .map((name) => findColumn(table, name)!);
    for (const row of steps.flat()) {
      const series = by.map((column) => cellText(column, row)).join("\0");
      if (!begun.has(series)) made.predicted[row] = NaN;
      begun.add(series);
    }
    return made.predicted;
  };
}

/** Rows by their value, ascending. */
function inOrder(rows: Iterable<number>, values: ArrayLike<number>): number[][] {
  const groups = [...Map.groupBy(rows, (row) => values[row]!)];
  return groups.toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

interface Steps {
  readonly table: Table;
  readonly steps: readonly number[][];
  /** Leaves out rows that the history does not reach; else they are errors. */
  readonly skip?: boolean;
}

function predictSteps(model: Model, loaded: Predictor, { table, steps, skip = false }: Steps) {
  const predicted = new Float64Array(table.rowCount).fill(NaN);
  let current = model;
  for (const all of steps) {
    const rows = skip ? Array.from(rowsInReach(current, selectRows(table, all)), (at) => all[at]!) : all;
    const inputs = selectRows(table, rows);
    const { yPred } = predictor(current, loaded)(inputs);
    rows.forEach((row, i) => (predicted[row] = yPred[i]!));
    current = historyFromBatch(current, { inputs, table: inputs, y: yPred });
  }
  return { predicted, model: current };
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
