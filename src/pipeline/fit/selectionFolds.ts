/** Folds of the training part for model selection, so that the validation part is used only once. */
import { attempt, MlctlError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { lowerBound } from "../../stats/descriptive.ts";
import type { Split, TrainingData } from "./splitRows.ts";

export type Period = "year" | "quarter" | "month" | "week" | "day";

export type SelectionMethod = "k_fold" | "stratified_k_fold" | "time_series" | "group_k_fold";

export interface SelectionOptions {
  readonly method: SelectionMethod;
  readonly folds: number;
  readonly seed: number;
  /** 0 for regression. */
  readonly classCount: number;
  /** time_series: (n_samples). */
  readonly times?: Float64Array | undefined;
  /** time_series: each fold validates on a whole period; null or absent: on equal numbers of rows. */
  readonly period?: Period | null | undefined;
  /** group_k_fold: null is a group too, (n_samples). */
  readonly groups?: readonly (string | null)[] | undefined;
}

/**
 * As KFold, StratifiedKFold (both shuffled), TimeSeriesSplit and GroupKFold of scikit-learn.
 * @param training positions of the training rows; other rows are not used
 * @returns folds as positions like `training`
 * @throws {MlctlError} kind "data" if there are too few rows, periods or groups
 */
export function selectionFolds(y: Float64Array, training: Int32Array, options: SelectionOptions): Split[] {
  const { method, folds: count, seed, classCount } = options;
  const pick = <T>(values: { readonly [row: number]: T }): T[] => Array.from(training, (row) => values[row]!);
  const folds =
    method === "time_series"
      ? timeFolds(Float64Array.from(pick(options.times ?? [])), count, options.period)
      : method === "group_k_fold"
        ? groupFolds(pick(options.groups ?? []), count)
        : foldsOf(Float64Array.from(pick(y)), count, { seed, classCount: method === "k_fold" ? 0 : classCount });
  if (folds.length < count || folds.some((fold) => fold.training.length === 0 || fold.validation.length === 0)) {
    const periods = method === "time_series" && options.period ? ` of a ${options.period} each` : "";
    const message = `too few training rows (${training.length}) for ${count} ${method} folds${periods}`;
    throw new MlctlError("data", message, { hint: 'lower "train.selection.folds", or ingest more rows' });
  }
  const positions = (rows: Int32Array): Int32Array => rows.map((row) => training[row]!);
  return folds.map((fold) => ({ training: positions(fold.training), validation: positions(fold.validation) }));
}

/** Shuffled folds whose sizes differ by at most one row. With `classCount` above 0 they are stratified by class. */
export function foldsOf(y: Float64Array, count: number, options: { seed: number; classCount: number }): Split[] {
  const shuffled = random(options.seed).shuffle(Int32Array.from(y.keys()));
  const dealt = options.classCount > 0 ? shuffled.toSorted((a, b) => y[a]! - y[b]!) : shuffled;
  const foldOfRow = new Int32Array(y.length);
  dealt.forEach((row, i) => (foldOfRow[row] = i % count));
  const all = Int32Array.from(y.keys());
  return Array.from({ length: count }, (_, fold) => ({
    training: all.filter((row) => foldOfRow[row] !== fold),
    validation: all.filter((row) => foldOfRow[row] === fold),
  }));
}

/**
 * On whole periods, or by an expanding window: each fold validates on the next n / (count + 1) rows and trains on all earlier rows. Rows with the
 * same time are in the same fold, so that a fold begins on one date for all series; rows without a time always train.
 */
function timeFolds(given: Float64Array, count: number, period?: Period | null): Split[] {
  if (period) return periodFolds(given, count, period);
  const times = given.map((time) => (Number.isNaN(time) ? -Infinity : time));
  const sorted = Int32Array.from(times.keys()).toSorted((a, b) => times[a]! - times[b]! || a - b);
  const inOrder = Float64Array.from(sorted, (row) => times[row]!);
  const size = Math.floor(times.length / (count + 1));
  const dates = Array.from(inOrder.keys()).filter((at) => at > 0 && inOrder[at]! > inOrder[at - 1]!);
  if (dates.length < count) return [];
  const starts: number[] = [];
  for (let fold = 0, next = 0; fold < count; fold++, next++) {
    // The last date up to the wanted row, so that every fold has one.
    const wanted = lowerBound(dates, times.length - (count - fold) * size + 1) - 1;
    next = Math.min(Math.max(next, wanted), dates.length - (count - fold));
    starts.push(dates[next]!);
  }
  return starts.map((start, fold) => ({
    training: sorted.slice(0, start).toSorted(),
    validation: sorted.slice(start, starts[fold + 1]).toSorted(),
  }));
}

/** Share of the rows of the period before: a last one with fewer has ended too early to be judged by itself. */
const WHOLE_PERIOD = 0.5;

/** Validates on each of the last `count` periods with rows. A last one with few rows joins the one before it. */
function periodFolds(times: Float64Array, count: number, period: Period): Split[] {
  const periods = Float64Array.from(times, (time) => periodOf(new Date(time), period));
  const rows = Int32Array.from(times.keys());
  const all = [...new Set(periods)].toSorted((a, b) => a - b);
  const [before, last] = all.slice(-2).map((each) => periods.reduce((sum, one) => sum + (one === each ? 1 : 0), 0));
  if (all.length > count + 1 && last! < WHOLE_PERIOD * before!) {
    const [joined, end] = [all.at(-2)!, all.pop()!];
    periods.forEach((each, row) => (periods[row] = each === end ? joined : each));
  }
  const validated = all.slice(-count);
  return validated.map((each) => ({
    training: rows.filter((row) => periods[row]! < each),
    validation: rows.filter((row) => periods[row] === each),
  }));
}

/** In UTC, ascending in time. Weeks start on Monday; 1970-01-01 was a Thursday. */
function periodOf(date: Date, period: Period): number {
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  if (period === "year") return date.getUTCFullYear();
  if (period === "quarter") return Math.floor(month / 3);
  if (period === "month") return month;
  const day = Math.floor(date.getTime() / MILLISECONDS_A_DAY);
  return period === "day" ? day : Math.floor((day + 3) / 7);
}

/** Assigns whole groups, largest first, to the fold with the fewest rows so far. */
function groupFolds(groups: readonly (string | null)[], count: number): Split[] {
  const rowsOf = Map.groupBy(groups.keys(), (row) => groups[row]!);
  const dealt = Array.from({ length: count }, () => [] as number[]);
  for (const rows of [...rowsOf.values()].toSorted((a, b) => b.length - a.length)) {
    const smallest = dealt.reduce((found, fold) => (fold.length < found.length ? fold : found));
    for (const row of rows) smallest.push(row);
  }
  return dealt.map((validation) => {
    const own = new Set(validation);
    const training = Int32Array.from(groups.keys()).filter((row) => !own.has(row));
    return { training, validation: Int32Array.from(validation).toSorted() };
  });
}

const FOLDS = 3;

/** Draws of the folds, by maximum number of rows; one for more. With few rows a tuned threshold depends on the draw. */
const DRAWS = [
  { rows: 500, draws: 5 },
  { rows: 2000, draws: 3 },
];

/** Fits on `training` and returns the probability of class 1 for `validation`; both are row positions. */
type FitAndPredict = (training: Int32Array, validation: Int32Array) => Promise<Float64Array>;

/** With times, each model is trained on earlier rows than it predicts; rows of a group are in the same fold. */
export interface FoldRows extends Pick<TrainingData, "y" | "times" | "groups"> {
  readonly seed: number;
}

/** Labels and predictions of the same rows: with times only later rows, with several draws each row several times. */
export interface OutOfFold {
  readonly y: Float64Array;
  readonly probabilities: Float64Array;
}

/** @throws {MlctlError} kind "data" if there are too few rows, or every fold would train on a single class */
export async function outOfFold(rows: FoldRows, fitAndPredict: FitAndPredict): Promise<OutOfFold> {
  const { y, seed, times, groups } = rows;
  const all = Int32Array.from(y.keys());
  const method: SelectionMethod =
    times !== undefined ? "time_series" : groups !== undefined ? "group_k_fold" : "stratified_k_fold";
  const draws = method === "stratified_k_fold" ? (DRAWS.find((each) => y.length <= each.rows)?.draws ?? 1) : 1;
  const labels: number[] = [];
  const probabilities: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const options = { method, folds: FOLDS, seed: seed + draw, classCount: 2, times, groups };
    const folds = attempt(
      () => selectionFolds(y, all, options),
      (cause) => {
        throw cause.kind === "data" ? tooFew(y.length, cause) : cause;
      },
    );
    for (const { training, validation } of folds) {
      if (training.every((row) => y[row] === y[training[0]!])) continue; // the first rows in time may have a single class
      const predictions = await fitAndPredict(training, validation);
      validation.forEach((row, i) => {
        labels.push(y[row]!);
        probabilities.push(predictions[i]!);
      });
    }
  }
  if (probabilities.length === 0) throw tooFew(y.length);
  return { y: Float64Array.from(labels), probabilities: Float64Array.from(probabilities) };
}

function tooFew(rowCount: number, cause?: MlctlError): MlctlError {
  const message = `too few training rows (${rowCount}) to tune the threshold or calibrate on ${FOLDS} folds`;
  const hint = 'set "train.threshold" to 0.5 and "train.calibration" to null, or ingest more rows';
  return new MlctlError("data", message, { cause, hint });
}
