/** History of one column in a transform: values sorted by time. */
import { dateText } from "../core/text/format.ts";
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { History } from "../core/history.ts";
import type { DateColumn, NumberColumn, Table } from "../core/table/table.ts";
import type { HistoryGap, TransformContext, TransformOption, TransformOptions } from "../core/transform.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import { lowerBound } from "../stats/lowerBound.ts";
import { chooseColumns } from "./readOptions.ts";

/** Compact JSON: times are integer multiples of `unit`, so that days are short numbers. */
export type SeriesState = {
  readonly column: string;
  readonly timeColumn: string;
  /** Milliseconds. */
  readonly unit: number;
  /** Ascending, in units since 1970-01-01 UTC. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** Maximum time in milliseconds from a training row back to the last value before it; null if there is none. */
  readonly longestWait: number | null;
};

/** How far `lag` and `elapsed` look back. */
export const lagsOption: TransformOption = {
  name: "lags",
  type: "integers",
  default: [1],
  minimum: 1,
  description: "number of rows to look back; 1 is the previous row",
};

/** A day, an hour, a minute, a second, a millisecond. */
const UNITS = [MILLISECONDS_A_DAY, 3_600_000, 60_000, 1000, 1];

/** History of the columns in `options`; default: of the target. @throws {MlctlError} kind "usage" */
export function fitSeries(table: Table, options: TransformOptions, context: TransformContext): SeriesState[] {
  const history = requireHistory(table, context);
  const named = options["column"] !== undefined || options["columns"] !== undefined;
  const chosen = chooseColumns(history.columns, named ? options : { column: context.target }, ["number"]);
  return chosen.map((column) => seriesOf(history, column, findColumn(table, history.timeColumn) as DateColumn));
}

/** @throws {MlctlError} kind "usage" if rows of `table` have no date to look back from */
export function requireHistory(table: Table, { history }: TransformContext): History {
  if (history === undefined) {
    throw new MlctlError("usage", "looks back in time, but there is no time_column with dates", {
      hint: 'set "time_column" to the column with the time of each row; convert it to dates with "ingest.types"',
    });
  }
  const column = findColumn(table, history.timeColumn);
  if (column?.kind === "date") return history;
  const [problem, hint] =
    column === undefined
      ? ["is no longer available", "put this step before date_parts, and remove the column from drop_columns"]
      : ["is not a date", 'convert it with "ingest.types" or "ingest.select"'];
  throw new MlctlError("usage", `looks back in time, but time_column "${history.timeColumn}" ${problem}`, { hint });
}

function seriesOf({ time, timeColumn }: History, column: NumberColumn, rows: DateColumn): SeriesState {
  const known = [...time.keys()].filter((row) => !Number.isNaN(time[row]!) && Number.isFinite(column.values[row]!));
  const sorted = known.toSorted((a, b) => time[a]! - time[b]! || a - b);
  const unit = UNITS.find((candidate) => sorted.every((row) => time[row]! % candidate === 0)) ?? 1;
  const times = sorted.map((row) => time[row]! / unit);
  const values = sorted.map((row) => column.values[row]!);
  const series = { column: column.name, timeColumn, unit, times, values, longestWait: null };
  return { ...series, longestWait: longestBefore(loadSeries(series), rows.values) };
}

/** Adds the values of a later history after the end of the series; `longestWait` stays that of training. */
export function extendSeries(state: SeriesState, { time, columns }: History): SeriesState {
  const column = findColumn(columns, state.column);
  if (column?.kind !== "number") return state;
  const end = (state.times.at(-1) ?? -Infinity) * state.unit;
  const known = [...time.keys()].filter((row) => time[row]! > end && Number.isFinite(column.values[row]!));
  const added = known.toSorted((a, b) => time[a]! - time[b]! || a - b);
  const unit = added.every((row) => time[row]! % state.unit === 0) ? state.unit : 1;
  const times = state.times.map((each) => (each * state.unit) / unit);
  return {
    ...state,
    unit,
    times: [...times, ...added.map((row) => time[row]! / unit)],
    values: [...state.values, ...added.map((row) => column.values[row]!)],
  };
}

/** A series prepared for lookups. */
export interface Series {
  readonly column: string;
  /** Epoch milliseconds, ascending. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Number of entries strictly before an instant, so that a row never sees itself or a later row. */
  before(time: number): number;
}

export function loadSeries({ column, unit, times, values }: SeriesState): Series {
  const instants = Float64Array.from(times, (time) => time * unit);
  return { column, times: instants, values: Float64Array.from(values), before: (time) => lowerBound(instants, time) };
}

function longestBefore({ times, before }: Series, rows: Float64Array): number | null {
  let longest: number | null = null;
  for (const time of rows) {
    const count = before(time);
    if (count > 0) longest = Math.max(longest ?? 0, time - times[count - 1]!);
  }
  return longest;
}

/**
 * Gaps in the history of rows. `missing` returns the reason for an instant without enough history; a last value that is
 * older than for any training row is stale.
 */
export function seriesGaps(
  states: readonly SeriesState[],
  missing: (series: Series, time: number) => string | undefined,
): (table: Table) => (HistoryGap | null)[] {
  const all = states.map((state) => ({ state, series: loadSeries(state) }));
  const gapAt = (time: number): HistoryGap | null => {
    if (Number.isNaN(time)) return { kind: "missing", message: "the row has no date to look back from" };
    const lacking = all.map(({ series }) => missing(series, time)).find((message) => message !== undefined);
    if (lacking !== undefined) return { kind: "missing", message: `${dateText(time)}: ${lacking}` };
    const stale = all.map(({ state, series }) => staleAt(state, series, time)).find((each) => each !== undefined);
    return stale === undefined ? null : { kind: "stale", message: `${dateText(time)}: ${stale}` };
  };
  return (table) => {
    const column = findColumn(table, states[0]?.timeColumn ?? "");
    return column?.kind === "date" ? Array.from(column.values, gapAt) : [];
  };
}

function staleAt({ column, longestWait }: SeriesState, { times, before }: Series, time: number): string | undefined {
  const count = before(time);
  if (count === 0 || longestWait === null || time - times[count - 1]! <= longestWait) return undefined;
  const last = times[count - 1]!;
  return `the last "${column}" before it is ${days(time - last)} days old (${dateText(last)}), in training it was at most ${days(longestWait)}`;
}

function days(milliseconds: number): number {
  return Math.ceil(milliseconds / MILLISECONDS_A_DAY);
}

/** Time range of a series, for messages. */
export function reach({ times }: Series): string {
  if (times.length === 0) return "the history is empty";
  return `the history goes from ${dateText(times[0]!)} to ${dateText(times.at(-1)!)}`;
}

/** Name of the time column, in a list that is empty if there are no series. */
export function timeColumns({ series }: { readonly series: readonly SeriesState[] }): string[] {
  return series.slice(0, 1).map(({ timeColumn }) => timeColumn);
}
