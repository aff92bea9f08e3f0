/** Finds one or several regular series in a table, and whether they follow their own past. */
import type { History, TransformRequest } from "../../core/transform.ts";
import {
  selectRows,
  selectValues,
  type CategoryColumn,
  type NumberColumn,
  type Table,
} from "../../core/table/table.ts";
import { groupSeries, seriesName } from "../../features/seriesState.ts";
import { isPartOfTime } from "./calendar.ts";
import { mean } from "../../stats/descriptive.ts";
import { seasonOf, stepName, timeStep, type TimeStep, type FoundStep } from "../../stats/timeStep.ts";

export interface FoundSeries {
  /** Columns that tell the series apart; empty for one series. */
  readonly by: readonly string[];
  readonly step: TimeStep;
  /** Number of times of the middle series, and milliseconds from its first time to its last. */
  readonly length: number;
  readonly span: number;
}

/** Shorter series say little about their past; more columns make more pairs than can be looked at. */
const MIN_TIMES = 24;
const MAX_KEYS = 8;

/**
 * @param given the columns that tell the series apart, or the inputs among which one or two columns of text or whole numbers may do so
 * @returns undefined if the times are not regular, or come twice in a series
 */
export function findSeries(history: History, given: readonly string[] | Table): FoundSeries | undefined {
  for (const by of "columns" in given ? likelyKeys(history, given) : [given]) {
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

/** Enough to see that columns do not tell series apart, before all rows are grouped by them. */
const SOME_ROWS = 2000;

/** Possible ones by which no time of the first rows comes twice, one after the other. */
function likelyKeys(history: History, inputs: Table): Iterable<readonly string[]> {
  const rows: number[] = [];
  for (const own of Map.groupBy(history.time.keys(), (row) => history.time[row]!).values()) {
    for (const row of own) rows.push(row);
    if (rows.length >= SOME_ROWS) break;
  }
  const columns = selectRows(history.columns, rows);
  const time = selectValues(history.time, rows);
  const isTwice = (own: readonly number[]): boolean => new Set(own.map((row) => time[row]!)).size < own.length;
  const keys = possibleKeys(history, inputs);
  return keys.values().filter((by) => !groupSeries(columns, by).some((group) => isTwice(group.rows)));
}

/** The date column with regular times in each series of the rows, which may be in any order; undefined if there is none. */
export function timeOfSeries(inputs: Table) {
  for (const { name, kind, ...column } of inputs.columns) {
    if (kind !== "date" || !("values" in column)) continue;
    const found = findSeries({ timeColumn: name, time: column.values, columns: inputs }, inputs);
    if (found === undefined || found.length < MIN_TIMES) continue;
    const by = found.by.length === 0 ? "" : ` by ${found.by.join(", ")}`;
    return { name, times: column.values, order: `${stepName(found.step)}${by} in` };
  }
  return undefined;
}

/** Whole numbers are more often amounts than names of series: with those, most series have to have most of the times. */
const MIN_SHARE_OF_TIMES = 0.5;

/** No column, one, or two: only those by which no time can come twice and the series are long enough. */
function possibleKeys({ time }: History, { columns }: Table): (readonly string[])[] {
  const times = new Set(time).size;
  const limit = Math.min(time.length / MIN_TIMES, time.length / (times * MIN_SHARE_OF_TIMES));
  const keys = columns
    .flatMap((column) => {
      const { name, kind } = column;
      const count = kind === "category" ? textCount(column) : kind === "number" ? wholeCount(column, limit) : 0;
      return count < 2 ? [] : [{ name, count, isNumber: kind === "number" }];
    })
    .toSorted((a, b) => a.count - b.count);
  const few = [false, true].flatMap((isNumber) => keys.filter((key) => key.isNumber === isNumber).slice(0, MAX_KEYS));
  const pairs = few.flatMap((a, i) => few.slice(i + 1).map((b) => [a, b]));
  const all = [[], ...few.map((each) => [each]), ...pairs];
  const numbersIn = (by: typeof few): number => by.filter(({ isNumber }) => isNumber).length;
  // A pair of texts before any number, which may only number the rows of a day.
  return all
    .toSorted((a, b) => numbersIn(a) - numbersIn(b))
    .flatMap((by) => {
      const most = by.reduce((product, { count }) => product * count, 1);
      if (most * times < time.length || (by.length > 0 && most * MIN_TIMES > time.length)) return [];
      return most > limit && by.some(({ isNumber }) => isNumber) ? [] : [by.map(({ name }) => name)];
    });
}

/** Number of values; 0 if some are missing. */
function textCount({ categories, codes }: CategoryColumn): number {
  return codes.some((code) => code < 0) ? 0 : categories.length;
}

/** Number of values; 0 if they are no names of series, such as fractions, hours, or more than `limit`. */
function wholeCount({ name, values }: NumberColumn, limit: number): number {
  const found = new Set<number>();
  const isName = (value: number): boolean => Number.isInteger(value) && found.add(value).size <= limit;
  return isPartOfTime(name) || !values.every(isName) ? 0 : found.size;
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

export interface TimedSeries {
  readonly key: readonly string[];
  /** In messages; empty if the table is one series. */
  readonly name: string;
  /** Epoch milliseconds, ascending, each once. */
  readonly times: Float64Array;
  /** The step, or why there is none. */
  readonly found: FoundStep | string;
}

/** Rows without a time or without a value of `by` belong to no series. */
export function timedSeries({ time, columns }: History, by: readonly string[]): TimedSeries[] {
  return groupSeries(columns, by).map(({ key, rows }) => {
    const known = Float64Array.from(rows, (row) => time[row]!).filter((each) => !Number.isNaN(each));
    const times = known.toSorted().filter((each, i, all) => i === 0 || each > all[i - 1]!);
    const found = times.length < known.length ? "some times occur more than once" : timeStep(times);
    return { key, name: seriesName(by, key), times, found };
  });
}

/** The columns of "by" in a list of transforms: together they tell the series apart. */
export function requestedBy(requests: readonly TransformRequest[]): string[] {
  const lists = requests.flatMap(({ options }) => (Array.isArray(options["by"]) ? options["by"].map(String) : []));
  return [...new Set(lists)];
}

/** The step of at least half of the series; undefined if there is none. */
export function commonStep(series: readonly Pick<TimedSeries, "found">[]): TimeStep | undefined {
  const steps = series.flatMap(({ found }) => (typeof found === "string" ? [] : [found.step]));
  const groups = [...Map.groupBy(steps, stepName).values()].toSorted((a, b) => b.length - a.length);
  const [most] = groups;
  return most !== undefined && most.length * 2 >= series.length ? most[0] : undefined;
}

/** See TargetSeries. */
export function commonSeason(history: History | undefined, by: readonly string[]): number | null {
  const step = history === undefined ? undefined : commonStep(timedSeries(history, by));
  return step === undefined ? null : seasonOf(step);
}
