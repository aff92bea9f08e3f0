/** The learned state of a transform that looks back: values by time for each series, which the values of some columns tell apart. */
import { MlctlError } from "../core/errors.ts";
import { cellText, findColumn, type DateColumn, type Table } from "../core/table/table.ts";
import type { LookBack } from "../core/transform.ts";
import { lowerBound } from "../stats/descriptive.ts";

export type SeriesEntries = {
  /** Ascending, in the state's units since 1970-01-01 UTC. */
  readonly times: readonly number[];
  readonly values: readonly number[];
};

/** Compact JSON: times are integer multiples of `unit`, so that days are short numbers. */
export type SeriesState = SeriesEntries & {
  readonly column: string;
  readonly timeColumn: string;
  /** Milliseconds. */
  readonly unit: number;
  /** Maximum time in milliseconds from a training row back to the last value before it; null if there is none. */
  readonly longestWait: number | null;
  /** Columns that tell series apart; absent if the data is one series. */
  readonly by?: readonly string[];
  /** With `by`, in place of `times` and `values`. */
  readonly groups?: readonly SeriesGroup[];
};

export type SeriesGroup = SeriesEntries & { readonly key: SeriesKey };

/** How rows with too little history are treated; absent: they are refused. */
export type Tolerance = { readonly shortHistory?: "missing" };

/** All series of a state; one with an empty key if the data is one series. */
export function groupsOf({ times, values, groups }: SeriesState): readonly SeriesGroup[] {
  return groups ?? [{ key: [], times, values }];
}

/** The state with these series: without `by` as models of earlier versions have it. */
export function withGroups(
  { by, groups: _groups, ...state }: SeriesState,
  groups: readonly SeriesGroup[],
): SeriesState {
  if (by !== undefined && by.length > 0) return { ...state, times: [], values: [], by, groups };
  return { ...state, times: groups[0]?.times ?? [], values: groups[0]?.values ?? [] };
}

/** Names of the columns that tell rows apart: the time column, then those of `by`; empty if there are no series. */
export function keyColumns({ series }: { readonly series: readonly SeriesState[] }): string[] {
  return series.slice(0, 1).flatMap(({ timeColumn, by = [] }) => [timeColumn, ...by]);
}

/** Epoch milliseconds of the last entry of each series, by the text of its key. */
export function historyEnds({ series }: { readonly series: readonly SeriesState[] }): Map<string, number> {
  const ends = new Map<string, number>();
  for (const each of series)
    for (const { key, times } of groupsOf(each)) {
      const text = keyText(key);
      ends.set(text, Math.max(ends.get(text) ?? -Infinity, (times.at(-1) ?? -Infinity) * each.unit));
    }
  return ends;
}

export function looksBack({ series }: { readonly series: readonly SeriesState[] }): LookBack {
  return { by: series[0]?.by ?? [], columns: series.map(({ column }) => column) };
}

type WithSeries = { readonly series: readonly SeriesState[] };

/** The state with other entries of each of its series. */
export function mapEntries<State extends WithSeries>(
  state: State,
  change: (entries: SeriesEntries, unit: number) => SeriesEntries,
): State {
  const changed = (each: SeriesState): SeriesState =>
    withGroups(
      each,
      groupsOf(each).map((group) => ({ key: group.key, ...change(group, each.unit) })),
    );
  return { ...state, series: state.series.map(changed) };
}

export function cutHistory<State extends WithSeries>(state: State, end: number): State {
  return mapEntries(state, ({ times, values }, unit) => {
    const count = lowerBound(times, end / unit);
    return { times: times.slice(0, count), values: values.slice(0, count) };
  });
}

/** The entries that rows after `end` look back on. */
export function recentHistory<State extends WithSeries>(
  state: State,
  { end, entries, milliseconds }: { readonly end: number; readonly entries: number; readonly milliseconds: number },
): State {
  return mapEntries(state, ({ times, values }, unit) => {
    const before = (time: number): number => lowerBound(times, time / unit);
    const start = Math.max(0, Math.min(before(end - milliseconds), before(end + 1) - entries));
    return { times: times.slice(start), values: values.slice(start) };
  });
}

export function timesOf(table: Table, name: string): DateColumn | undefined {
  const column = findColumn(table, name);
  return column?.kind === "date" ? column : undefined;
}

/** The values of the `by` columns that a series has in common; empty if the table is one series. */
export type SeriesKey = readonly string[];

/** A string that is different for different keys. */
export function keyText(key: SeriesKey): string {
  return key.length === 1 ? key[0]! : JSON.stringify(key);
}

/**
 * @returns a function from row to its key as `keyText` writes it; undefined if a value is missing
 * @throws {MlctlError} kind "data" if a column is missing
 */
export function keyReader(table: Table, by: readonly string[]): (row: number) => string | undefined {
  const columns = by.map((name) => {
    const column = findColumn(table, name);
    if (column === undefined) throw new MlctlError("data", `column "${name}" is missing: it identifies the series`);
    return column;
  });
  // One column, the usual case, needs no list for each row.
  const [only] = columns;
  if (columns.length === 1) return (row) => cellText(only!, row) ?? undefined;
  const all = keyText([]);
  if (columns.length === 0) return () => all;
  return (row) => {
    const key = columns.flatMap((column) => cellText(column, row) ?? []);
    return key.length === by.length ? keyText(key) : undefined;
  };
}

/** The series of a table in the order of their first rows, with their positions, ascending; rows without a value of `by` belong to none. */
export function groupSeries(table: Table, by: readonly string[]) {
  const textOf = keyReader(table, by);
  const groups = new Map<string, number[]>();
  for (let row = 0; row < table.rowCount; row++) {
    const text = textOf(row);
    if (text === undefined) continue;
    const rows = groups.get(text);
    if (rows === undefined) groups.set(text, [row]);
    else rows.push(row);
  }
  return Array.from(groups, ([text, rows]) => {
    const key = by.length === 1 ? [text] : (JSON.parse(text) as string[]);
    return { key: key as SeriesKey, rows };
  });
}

/** The series in a message: `store "S1", item "7"`. */
export function seriesName(by: readonly string[], key: SeriesKey): string {
  return by.map((name, i) => `${name} ${JSON.stringify(key[i])}`).join(", ");
}
