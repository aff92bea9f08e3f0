/** Finds one or several regular series in a table, and whether they follow their own past. */
import type { History } from "../../core/history.ts";
import type { CategoryColumn, Table } from "../../core/table/table.ts";
import { groupSeries } from "../../features/seriesState.ts";
import { mean } from "../../stats/mean.ts";
import { seasonOf, type TimeStep } from "../../stats/timeStep.ts";
import { commonStep, timedSeries } from "./seriesSteps.ts";

export interface FoundSeries {
  /** Columns that tell the series apart; empty for one series. */
  readonly by: readonly string[];
  readonly step: TimeStep;
  /** Number of times of the middle series. */
  readonly length: number;
  /** Milliseconds from its first time to its last. */
  readonly span: number;
}

/** Shorter series say little about their past. */
const MIN_TIMES = 24;

/** More columns make more pairs than can be looked at. */
const MAX_KEYS = 8;

/**
 * @param given the columns that tell the series apart, or the inputs among which one or two text columns may do so
 * @returns undefined if the times are not regular, or come twice in a series
 */
export function findSeries(history: History, given: readonly string[] | Table): FoundSeries | undefined {
  for (const by of "columns" in given ? possibleKeys(history, given) : [given]) {
    const all = timedSeries(history, by);
    const step = commonStep(all);
    const middle = all.toSorted((a, b) => a.times.length - b.times.length)[all.length >> 1];
    const isTwice = all.reduce((sum, each) => sum + each.times.length, 0) < history.time.length;
    if (step === undefined || middle === undefined || (by !== given && isTwice)) continue;
    const { times } = middle;
    return { by, step, length: times.length, span: times.at(-1)! - times[0]! };
  }
  return undefined;
}

/** No column, one, or two: only those by which no time can come twice and the series are long enough. */
function possibleKeys({ time }: History, { columns }: Table): (readonly string[])[] {
  const times = new Set(time).size;
  const keys = columns.filter(
    (column): column is CategoryColumn =>
      column.kind === "category" && column.categories.length > 1 && !column.codes.some((code) => code < 0),
  );
  const few = keys.toSorted((a, b) => a.categories.length - b.categories.length).slice(0, MAX_KEYS);
  const pairs = few.flatMap((a, i) => few.slice(i + 1).map((b) => [a, b]));
  return [[], ...few.map((each) => [each]), ...pairs].flatMap((by) => {
    const most = by.reduce((product, { categories }) => product * categories.length, 1);
    if (most * times < time.length || (by.length > 0 && most * MIN_TIMES > time.length)) return [];
    return [by.map(({ name }) => name)];
  });
}

/** Correlation with the previous value, or that of one season ago, from which a series follows its past. */
const MIN_CORRELATION = 0.3;

/** @param share of each series that is looked at, from its first row: the others validate */
export function followsPast(
  { time, columns }: History,
  y: Float64Array,
  { by, step, length, share }: Omit<FoundSeries, "span"> & { readonly share: number },
): boolean {
  if (length < MIN_TIMES) return false;
  const lags = [1, seasonOf(step) ?? 1];
  const together = lags.map(() => 0);
  let apart = 0;
  for (const { rows } of groupSeries(columns, by)) {
    const sorted = rows.toSorted((a, b) => time[a]! - time[b]!).slice(0, Math.ceil(rows.length * share));
    const values = Float64Array.from(sorted, (row) => y[row]!);
    const level = mean(values);
    values.forEach((value, i) => {
      apart += (value - level) ** 2;
      lags.forEach((back, at) => (together[at]! += i < back ? 0 : (value - level) * (values[i - back]! - level)));
    });
  }
  return together.some((sum) => sum >= MIN_CORRELATION * apart && sum > 0);
}
