/** Repeats a forecast from earlier instants, for which the labels are known by now. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedTransform, Model } from "../../core/records/model.ts";
import { selectRows, type Table } from "../../core/table/table.ts";
import { findTransform } from "../../features/index.ts";
import { evenRows } from "../../stats/samplePositions.ts";
import { nextTimes, seasonOf, type TimeStep } from "../../stats/timeStep.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";
import { forecaster } from "./forecaster.ts";

/** A series with labels; `rows` are its positions in the table, by time. */
interface KnownSeries {
  readonly step: TimeStep;
  readonly rows: readonly number[];
}

interface BackTestOptions {
  /** Labelled rows, with the columns of FutureRows. */
  readonly table: Table;
  /** Epoch milliseconds of each row. */
  readonly time: Float64Array;
  readonly y: Float64Array;
  readonly series: readonly KnownSeries[];
  readonly horizon: number;
  /** Of the last row that the model was fitted on: later labels are new to it. */
  readonly from: number;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

export interface BackTest {
  /** Number of instants from which the forecast was repeated. */
  readonly origins: number;
  /** By series, then by step from 1 (at 0): label minus forecast. */
  readonly residuals: readonly (readonly Float64Array[])[];
  /** The same of the last season repeated, or of the last value; NaN where the history is too short. */
  readonly naive: BackTest["residuals"];
}

/** More instants make the intervals hardly better and take longer. */
const MOST_ORIGINS = 100;

/** @param model with a history up to the last row of the table */
export function backTest(model: Model, options: BackTestOptions): BackTest {
  const { time, y, table, series, horizon, from, signal, onProgress } = options;
  const forecast = forecaster(model);
  const all = new Set(series.flatMap(({ rows }) => rows.slice(0, -1).map((row) => time[row]!)));
  const known = [...all].filter((each) => each >= from).toSorted((a, b) => a - b);
  const origins = Array.from(evenRows(known.length, MOST_ORIGINS), (at) => known[at]!);
  const empty = () => series.map(() => Array.from({ length: horizon }, (): number[] => []));
  const [found, naive] = [empty(), empty()];
  let used = 0;
  for (const [done, origin] of origins.entries()) {
    signal.throwIfAborted();
    onProgress(done / origins.length);
    const transforms = historyUntil(model.transforms, origin);
    const following = series.map((each) => rowsAfter(each, { origin, time, horizon }));
    const starting = [...following.keys()].filter((at) => following[at]!.length > 0);
    const firsts = starting.map((at) => following[at]![0]!);
    const reached = Array.from(rowsInReach({ transforms }, selectRows(table, firsts)), (i) => starting[i]!);
    const asked = reached.flatMap((at) => {
      const { rows, step } = series[at]!;
      const season = seasonOf(step) ?? 1;
      const start = rows.indexOf(following[at]![0]!) - season;
      return following[at]!.map((row, i) => ({ row, step: i + 1, at, before: rows[start + (i % season)] }));
    });
    if (asked.length === 0) continue;
    const rows = asked.map(({ row }) => row);
    const future = { table: selectRows(table, rows), steps: Int32Array.from(asked, ({ step }) => step) };
    const predicted = knownOnly(() => forecast(future, transforms));
    if (predicted === undefined) continue;
    used++;
    asked.forEach(({ row, step, at, before }, place) => {
      found[at]![step - 1]!.push(y[row]! - predicted[place]!);
      naive[at]![step - 1]!.push(before === undefined ? NaN : y[row]! - y[before]!);
    });
  }
  const arrays = (errors: typeof found) => errors.map((steps) => steps.map((each) => Float64Array.from(each)));
  return { origins: used, residuals: arrays(found), naive: arrays(naive) };
}

/** The transforms as they were at an instant: with the history up to it, inclusive. */
function historyUntil(transforms: readonly FittedTransform[], time: number): FittedTransform[] {
  const cut = ({ type, state }: FittedTransform) => findTransform(type)?.cutHistory?.(state, time + 1) ?? state;
  return transforms.map((each) => ({ type: each.type, state: cut(each) }));
}

/** Undefined if a later step lacks history, as in a window without rows. */
function knownOnly(predict: () => Float64Array): Float64Array | undefined {
  try {
    return predict();
  } catch (error) {
    if (error instanceof MlctlError && error.kind === "data") return undefined;
    throw error;
  }
}

/** The rows that follow a row at `origin` step by step, up to the first gap. */
function rowsAfter(
  { rows, step }: KnownSeries,
  { origin, time, horizon }: Pick<BackTestOptions, "time" | "horizon"> & { readonly origin: number },
): number[] {
  const first = rows.findIndex((row) => time[row] === origin) + 1;
  if (first === 0) return [];
  const expected = nextTimes(origin, step, horizon);
  const following = rows.slice(first, first + horizon);
  const gap = following.findIndex((row, i) => time[row] !== expected[i]);
  return gap < 0 ? following : following.slice(0, gap);
}
