/** Predicts several steps ahead: each step looks back on the predictions of the steps before it. */
import type { Predictor } from "../../core/estimator.ts";
import type { FittedTransform, Model } from "../../core/records/model.ts";
import { selectRows, selectValues, type Table } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { lookBacks, recentHistory } from "../../features/compileTransforms.ts";
import { findTransform } from "../../features/index.ts";
import { historyEnds, keyColumns, keyReader, timesOf, type SeriesState } from "../../features/seriesState.ts";
import { historyFromBatch, rowsInReach } from "../rows/rowsInReach.ts";
import { predictor } from "./predictor.ts";

/** Rows to forecast, of any number of series. */
export interface FutureRows {
  /** The inputs of the model, and the other columns that it looks back on except the target. */
  readonly table: Table;
  /** Step of each row, from 1; the steps of a series follow each other. */
  readonly steps: Int32Array;
}

type Forecaster = (future: FutureRows, transforms?: readonly FittedTransform[]) => Float64Array;

/**
 * @returns a function to the prediction of each row; `transforms` has another history than the model's. It throws
 *   {MlctlError} kind "data" for a row that the history does not reach.
 */
export function forecaster(model: Model): Forecaster {
  const loaded = findEstimator(model.estimator.family).load(model.estimator);
  return ({ table, steps }, transforms = model.transforms) =>
    predictSteps({ ...model, transforms }, loaded, table, inOrder(steps.keys(), steps));
}

interface Batch {
  readonly inputs: Table;
  readonly y: Float64Array;
}

function extend(model: Model, { inputs, y }: Batch): Model {
  return historyFromBatch(model, { inputs, table: inputs, y });
}

interface ContinuedRows {
  readonly predicted: Float64Array;
  /** Rows of a time and series that an earlier row has: only the first counts in the history. */
  readonly repeated: ReadonlySet<number>;
  readonly model: () => Model;
}

interface SeriesEnd {
  readonly timeColumn: string;
  /** The rows of a table that are after the end of the history. */
  readonly later: (table: Table) => Table;
  readonly follow: (table: Table) => ContinuedRows;
}

/**
 * Rows after the end of the model's history, each looking back on the predictions before it. Tables may follow each other.
 * @returns starts a function `follow` to the predictions of a table's rows, NaN for those within the history or out of its
 *   reach, and to the model that looks back on them; undefined for a model that does not look back on its target alone
 */
export function continuedRows(model: Model): (() => SeriesEnd) | undefined {
  const looksBack = model.transforms.find(({ type }) => findTransform(type)?.looksBack !== undefined);
  const isNumber = model.signature.target.task === "regression";
  if (!isNumber || looksBack === undefined || historyColumns(model).length > 0) return undefined;
  const state = looksBack.state as unknown as { readonly series: readonly SeriesState[] };
  const ends = historyEnds(state);
  const latest = [...ends.values()].reduce((last, end) => Math.max(last, end), -Infinity);
  const loaded = findEstimator(model.estimator.family).load(model.estimator);
  const [timeName, ...by] = keyColumns(state);
  const laterRows = (table: Table): Int32Array => {
    const times = timesOf(table, timeName!)!.values;
    const keyOf = keyReader(table, by);
    const isLater = (row: number): boolean => times[row]! > (ends.get(keyOf(row) ?? "") ?? latest);
    return Int32Array.from([...times.keys()].filter(isLater));
  };
  // Once for all requests: it copies the history.
  const recent = withRecentHistory(
    model,
    [...ends.values()].reduce((first, end) => Math.min(first, end), latest),
  );
  return () => {
    let current = recent;
    const made: Batch[] = [];
    const begun = new Set<string | undefined>();
    const seen = new Set<string>();
    const follow = (table: Table): ContinuedRows => {
      const times = timesOf(table, timeName!)!.values;
      const later = laterRows(table);
      const keyOf = keyReader(table, by);
      const isRepeated = (row: number): boolean => {
        const { size } = seen;
        return seen.add(`${times[row]}\0${keyOf(row)}`).size === size;
      };
      const repeated = new Set(later.filter(isRepeated));
      const steps = inOrder(later, times);
      const predicted = predictSteps(current, loaded, table, steps, { times, repeated });
      const known = later.filter((row) => !Number.isNaN(predicted[row]) && !repeated.has(row));
      const batch = { inputs: selectRows(table, known), y: selectValues(predicted, known) };
      current = extend(current, batch);
      made.push(batch);
      // The first row of a series looks back on labels alone.
      for (const row of steps.flat()) {
        const series = keyOf(row);
        if (!begun.has(series)) predicted[row] = NaN;
        begun.add(series);
      }
      return { predicted, repeated, model: () => made.reduce(extend, model) };
    };
    return { timeColumn: timeName!, follow, later: (table) => selectRows(table, laterRows(table)) };
  };
}

/** Rows by their value, ascending. */
function inOrder(rows: Iterable<number>, values: ArrayLike<number>): number[][] {
  const groups = [...Map.groupBy(rows, (row) => values[row]!)];
  return groups.toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

/** Each step copies the history, which takes longer than its predictions if it is long. */
const STEPS_BETWEEN_CUTS = 100;

/** @param later.times of the rows: those that the history does not reach are left out; without it, they are errors */
function predictSteps(
  model: Model,
  loaded: Predictor,
  table: Table,
  steps: readonly number[][],
  { times, repeated }: { readonly times?: Float64Array; readonly repeated?: ReadonlySet<number> } = {},
): Float64Array {
  const predicted = new Float64Array(table.rowCount).fill(NaN);
  let current = model;
  for (const [i, all] of steps.entries()) {
    if (times !== undefined && i % STEPS_BETWEEN_CUTS === 0) current = withRecentHistory(current, times[all[0]!]! - 1);
    const rows = times !== undefined ? Array.from(rowsInReach(current, selectRows(table, all)), (at) => all[at]!) : all;
    const inputs = selectRows(table, rows);
    const { yPred } = predictor(current, loaded)(inputs);
    rows.forEach((row, at) => (predicted[row] = yPred[at]!));
    const counted = Int32Array.from(rows.keys()).filter((at) => repeated?.has(rows[at]!) !== true);
    const isAll = counted.length === rows.length;
    current = extend(
      current,
      isAll ? { inputs, y: yPred } : { inputs: selectRows(inputs, counted), y: selectValues(yPred, counted) },
    );
  }
  return predicted;
}

function withRecentHistory(model: Model, end: number): Model {
  return { ...model, transforms: recentHistory(model.transforms, end) };
}

/** Columns other than the target whose history the model looks back on. */
export function historyColumns({ transforms, signature }: Pick<Model, "transforms" | "signature">): string[] {
  const all = new Set(lookBacks(transforms).flatMap(({ columns }) => columns));
  return [...all].filter((name) => name !== signature.target.name);
}
