/** Folds of the training part on which the winner is chosen, so that the validation part judges it only once. */
import { MlctlError } from "../../core/errors.ts";
import { foldsOf, type Fold } from "./foldsOf.ts";

export type Period = "year" | "quarter" | "month" | "week" | "day";

export type SelectionMethod = "k_fold" | "stratified_k_fold" | "time_series" | "group_k_fold";

export interface SelectionOptions {
  readonly method: SelectionMethod;
  readonly folds: number;
  readonly seed: number;
  /** 0 for regression. */
  readonly classCount: number;
  /** time_series: when each row happened, (n_samples). */
  readonly times?: Float64Array | undefined;
  /** time_series: each fold is judged on a whole one of these; on equal numbers of rows where null or left out. */
  readonly period?: Period | null | undefined;
  /** group_k_fold: rows with the same text stay together; null is a group too, (n_samples). */
  readonly groups?: readonly (string | null)[] | undefined;
}

/**
 * As KFold, StratifiedKFold (both shuffled), TimeSeriesSplit and GroupKFold of scikit-learn.
 * @param training positions of the training rows; nothing is seen of the others
 * @returns folds as positions like `training`
 * @throws {MlctlError} kind "data" where there are too few rows, days or groups
 */
export function selectionFolds(y: Float64Array, training: Int32Array, options: SelectionOptions): Fold[] {
  const { method, folds: count, seed, classCount } = options;
  const pick = <T>(values: { readonly [row: number]: T }): T[] => Array.from(training, (row) => values[row]!);
  const folds =
    method === "time_series"
      ? timeFolds(Float64Array.from(pick(options.times ?? [])), count, options.period ?? null)
      : method === "group_k_fold"
        ? groupFolds(pick(options.groups ?? []), count)
        : foldsOf(Float64Array.from(pick(y)), count, { seed, classCount: method === "k_fold" ? 0 : classCount });
  if (folds.length < count || folds.some((fold) => fold.training.length === 0 || fold.judged.length === 0)) {
    const periods = method === "time_series" && options.period ? ` of a ${options.period} each` : "";
    throw new MlctlError(
      "data",
      `${training.length} training rows are too few for ${count} ${method} folds${periods}`,
      {
        hint: 'lower "train.selection.folds", or ingest more rows',
      },
    );
  }
  const positions = (rows: Int32Array): Int32Array => rows.map((row) => training[row]!);
  return folds.map((fold) => ({ training: positions(fold.training), judged: positions(fold.judged) }));
}

function timeFolds(times: Float64Array, count: number, period: Period | null): Fold[] {
  return period === null ? timeSeriesFolds(times, count) : periodFolds(times, count, period);
}

/**
 * An expanding window: each fold is judged on the next n / (count + 1) rows and trained on all that happened before.
 * Rows of the instant at which judging starts train in no fold: they are not before it.
 */
function timeSeriesFolds(times: Float64Array, count: number): Fold[] {
  const sorted = Int32Array.from(times.keys()).toSorted((a, b) => times[a]! - times[b]! || a - b);
  const size = Math.floor(times.length / (count + 1));
  return Array.from({ length: count }, (_, fold) => {
    const start = times.length - (count - fold) * size;
    const judged = sorted.slice(start, start + size);
    const training = sorted.slice(0, start).filter((row) => times[row]! < times[judged[0] ?? -1]!);
    return { training: training.toSorted(), judged: judged.toSorted() };
  });
}

/** The last `count` periods that have rows, each judged by what was learned from all periods before it. */
function periodFolds(times: Float64Array, count: number, period: Period): Fold[] {
  const periods = Float64Array.from(times, (time) => periodOf(new Date(time), period));
  const rows = Int32Array.from(times.keys());
  const judged = [...new Set(periods)].toSorted((a, b) => a - b).slice(-count);
  return judged.map((each) => ({
    training: rows.filter((row) => periods[row]! < each),
    judged: rows.filter((row) => periods[row] === each),
  }));
}

/** Ascending in time; as mlctl reads clocks, in UTC. 1970-01-01 was a Thursday: weeks start on Monday. */
function periodOf(date: Date, period: Period): number {
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  if (period === "year") return date.getUTCFullYear();
  if (period === "quarter") return Math.floor(month / 3);
  if (period === "month") return month;
  const day = Math.floor(date.getTime() / 86_400_000);
  return period === "day" ? day : Math.floor((day + 3) / 7);
}

/** Whole groups, the largest first, each to the fold that has the fewest rows so far. */
function groupFolds(groups: readonly (string | null)[], count: number): Fold[] {
  const rowsOf = new Map<string | null, number[]>();
  groups.forEach((group, row) => {
    const known = rowsOf.get(group);
    if (known === undefined) rowsOf.set(group, [row]);
    else known.push(row);
  });
  const dealt = Array.from({ length: count }, () => [] as number[]);
  for (const rows of [...rowsOf.values()].toSorted((a, b) => b.length - a.length)) {
    const least = dealt.reduce((found, fold) => (fold.length < found.length ? fold : found));
    for (const row of rows) least.push(row);
  }
  return dealt.map((judged) => {
    const own = new Set(judged);
    const training = Int32Array.from(groups.keys()).filter((row) => !own.has(row));
    return { training, judged: Int32Array.from(judged).toSorted() };
  });
}
