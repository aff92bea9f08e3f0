/** Looks back on the history of a row's own series. */
import { MlctlError } from "../core/errors.ts";
import { dateText, MILLISECONDS_A_DAY } from "../core/text/format.ts";
import { cellText, findColumn, type DateColumn, type NumberColumn, type Table } from "../core/table/table.ts";
import type { HistoryGap, TableMap } from "../core/transform.ts";
import { lowerBound } from "../stats/descriptive.ts";
import { timeStep } from "../stats/timeStep.ts";
import {
  groupsOf,
  keyColumns,
  keyReader,
  keyText,
  seriesName,
  type SeriesState,
  timesOf,
  type Tolerance,
} from "./seriesState.ts";

export interface Series {
  readonly column: string;
  /** In messages, such as `store "S1"`; empty if the data is one series, or if training did not see it. */
  readonly name: string;
  /** Epoch milliseconds, ascending. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Number of entries strictly before an instant, so that a row never sees itself or a later row. */
  before(time: number): number;
  /** Whether its times are one step apart. */
  isRegular(): boolean;
  /** Position of the last entry before entry `at` whose next one is more than `wait` later; −1 if there is none. `wait` is always the same. */
  apartBefore(at: number, wait: number): number;
}

/** From a table to the series of each of its rows; one without entries if training did not see the series. */
export type SeriesOfRows = (table: Table) => (row: number) => Series;

export function loadSeries(state: SeriesState): SeriesOfRows {
  const { column, unit, by = [] } = state;
  const series = groupsOf(state).map(({ key, times, values }) => {
    const instants = new Float64Array(times.length);
    for (let i = 0; i < instants.length; i++) instants[i] = times[i]! * unit;
    return [keyText(key), newSeries(column, seriesName(by, key), instants, Float64Array.from(values))] as const;
  });
  if (by.length === 0) {
    const only = series[0]![1];
    return () => () => only;
  }
  const known = new Map(series);
  const none = newSeries(column, "", new Float64Array(0), new Float64Array(0));
  return (table) => {
    const keyOf = keyReader(table, by);
    return (row) => known.get(keyOf(row) ?? "") ?? none;
  };
}

function newSeries(column: string, name: string, times: Float64Array, values: Float64Array): Series {
  let step: ReturnType<typeof timeStep> | undefined;
  const isRegular = (): boolean => typeof (step ??= timeStep(times)) !== "string";
  let apart: Int32Array | undefined;
  const apartBefore = (at: number, wait: number): number => {
    if (apart === undefined) {
      apart = new Int32Array(times.length).fill(-1);
      for (let i = 1; i < apart.length; i++) apart[i] = times[i]! - times[i - 1]! > wait ? i - 1 : apart[i - 1]!;
    }
    return apart[at]!;
  };
  return { column, name, times, values, before: (time) => lowerBound(times, time), isRegular, apartBefore };
}

/**
 * Compiles a step that puts columns, and those that tell series apart, after the time column.
 * @param made the columns of one state, from the time of each row and its series
 */
export function lookBack(
  states: readonly SeriesState[],
  made: (seriesOf: (row: number) => Series, rows: DateColumn, column: string) => readonly NumberColumn[],
): TableMap {
  const [timeColumn = "", ...by] = keyColumns({ series: states });
  const loaded = states.map((state) => ({ column: state.column, seriesOf: loadSeries(state) }));
  return (table) => {
    const rows = timesOf(table, timeColumn);
    if (rows === undefined) throw new MlctlError("data", `column "${timeColumn}" with the time of each row is missing`);
    const keys = by.map((name) => findColumn(table, name)!);
    const added = loaded.flatMap(({ column, seriesOf }) => made(seriesOf(table), rows, column));
    const columns = table.columns.flatMap((column) => {
      if (column === rows) return [rows, ...keys, ...added];
      return keys.includes(column) ? [] : [column];
    });
    return { rowCount: table.rowCount, columns };
  };
}

/** Maximum time from a row of `table` back to the last value before it; null if no row has one. */
export function longestBefore(state: SeriesState, table: Table): number | null {
  const seriesOf = loadSeries(state)(table);
  let longest: number | null = null;
  timesOf(table, state.timeColumn)?.values.forEach((time, row) => {
    const { times, before } = seriesOf(row);
    const count = before(time);
    if (count > 0) longest = Math.max(longest ?? 0, time - times[count - 1]!);
  });
  return longest;
}

/**
 * Gaps in the history of rows. `missing` returns the reason for an instant without enough history; a last value that is
 * older than for any training row is stale. If short histories are missing values, no row is refused: unseen series
 * are reported as stale.
 * @param entries before a row that count by their number
 */
export function seriesGaps(
  { series: states, shortHistory }: { readonly series: readonly SeriesState[] } & Tolerance,
  missing: (series: Series, time: number) => string | undefined,
  entries: number,
): (table: Table) => (HistoryGap | null)[] {
  const all = states.map((state) => ({ state, load: loadSeries(state) }));
  const [timeColumn = "", ...by] = keyColumns({ series: states });
  const isTolerant = shortHistory === "missing";
  return (table) => {
    const rows = timesOf(table, timeColumn);
    if (rows === undefined) return [];
    const series = all.map(({ state, load }) => ({ state, seriesOf: load(table) }));
    return Array.from(rows.values, (time, row): HistoryGap | null => {
      if (Number.isNaN(time))
        return isTolerant ? null : { kind: "missing", message: "the row has no date to look back from" };
      const own = series.map(({ state, seriesOf }) => ({ state, past: seriesOf(row) }));
      const { name } = own[0]!.past;
      if (by.length > 0 && name === "") return unseenGap(table, row, by, isTolerant);
      const lacking = isTolerant ? undefined : own.flatMap(({ past }) => missing(past, time) ?? [])[0];
      const found: Omit<HistoryGap, "unseen"> | undefined =
        lacking === undefined
          ? own.map((each) => gapAt(each, time, entries)).find((gap) => gap !== undefined)
          : { kind: "missing", message: lacking };
      if (found === undefined) return null;
      const place = name === "" ? dateText(time) : `${dateText(time)}, ${name}`;
      return { ...found, message: `${place}: ${found.message}` };
    });
  };
}

function unseenGap(table: Table, row: number, by: readonly string[], isTolerant: boolean): HistoryGap | null {
  const key = by.map((column) => cellText(findColumn(table, column)!, row));
  const absent = by.filter((_, i) => key[i] === null);
  if (absent.length > 0) {
    const message = `no ${absent.join(", ")}, so the row is of no series`;
    return isTolerant ? null : { kind: "missing", message };
  }
  const name = seriesName(by, key as string[]);
  const message = `${name} was not seen in training, so it has no history`;
  return { kind: isTolerant ? "stale" : "missing", message, unseen: name };
}

function gapAt(
  { state: { column, longestWait }, past }: { state: SeriesState; past: Series },
  time: number,
  entries: number,
): HistoryGap | undefined {
  const { times } = past;
  const count = past.before(time);
  if (count === 0 || longestWait === null) return undefined;
  const next = (i: number): number => (i + 1 === count ? time : times[i + 1]!);
  const first = Math.max(0, count - Math.max(1, entries));
  const last = count - 1;
  const at = time - times[last]! > longestWait ? last : past.apartBefore(last, longestWait);
  if (at < first) return undefined;
  const skips =
    entries > 0 && past.isRegular()
      ? `the history has no "${column}" between ${dateText(times[at]!)} and ${dateText(next(at))}, and lags count rows`
      : undefined;
  if (at < count - 1) return skips === undefined ? undefined : { kind: "apart", message: skips, skips };
  const message = `the last "${column}" before it is ${days(time - times[at]!)} days old (${dateText(times[at]!)}), in training it was at most ${days(longestWait)}`;
  return { kind: "stale", message, ...(skips !== undefined && { skips }) };
}

function days(milliseconds: number): number {
  return Math.ceil(milliseconds / MILLISECONDS_A_DAY);
}

/** Time range of a series, for messages. */
export function reach({ times }: Series): string {
  if (times.length === 0) return "the history is empty";
  return `the history goes from ${dateText(times[0]!)} to ${dateText(times.at(-1)!)}`;
}
