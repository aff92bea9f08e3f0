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

export function cutHistory<State extends { readonly series: readonly SeriesState[] }>(
  state: State,
  end: number,
): State {
  const cut = (each: SeriesState): SeriesState =>
    withGroups(
      each,
      groupsOf(each).map(({ key, times, values }) => {
        const count = lowerBound(times, end / each.unit);
        return { key, times: times.slice(0, count), values: values.slice(0, count) };
      }),
    );
  return { ...state, series: state.series.map(cut) };
}

/** The entries that rows after `end` look back on. */
export function recentHistory<State extends { readonly series: readonly SeriesState[] }>(
  state: State,
  { end, entries, milliseconds }: { readonly end: number; readonly entries: number; readonly milliseconds: number },
): State {
  const recent = (each: SeriesState): SeriesState =>
    withGroups(
      each,
      groupsOf(each).map(({ key, times, values }) => {
        const before = (time: number): number => lowerBound(times, time / each.unit);
        const start = Math.max(0, Math.min(before(end - milliseconds), before(end + 1) - entries));
        return { key, times: times.slice(start), values: values.slice(start) };
      }),
    );
  return { ...state, series: state.series.map(recent) };
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
  const keyOf = keysOf(table, by);
  // One column, the usual case, needs no list for each row.
  const only = by.length === 1 ? findColumn(table, by[0]!)! : undefined;
  if (only !== undefined) return (row) => cellText(only, row) ?? undefined;
  if (by.length === 0) {
    const all = keyText([]);
    return () => all;
  }
  return (row) => {
    const key = keyOf(row);
    return key === undefined ? undefined : keyText(key);
  };
}

function keysOf(table: Table, by: readonly string[]): (row: number) => SeriesKey | undefined {
  const columns = by.map((name) => {
    const column = findColumn(table, name);
    if (column === undefined) throw new MlctlError("data", `column "${name}" is missing: it identifies the series`);
    return column;
  });
  return (row) => {
    const key = columns.flatMap((column) => cellText(column, row) ?? []);
    return key.length === by.length ? key : undefined;
  };
}

/** The series of a table in the order of their first rows, with their positions, ascending; rows without a value of `by` belong to none. */
export function groupSeries(table: Table, by: readonly string[]) {
  const keyOf = keysOf(table, by);
  const textOf = keyReader(table, by);
  const groups = new Map<string, { readonly key: SeriesKey; readonly rows: number[] }>();
  for (let row = 0; row < table.rowCount; row++) {
    const text = textOf(row);
    if (text === undefined) continue;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { key: keyOf(row)!, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/** The series in a message: `store "S1", item "7"`. */
export function seriesName(by: readonly string[], key: SeriesKey): string {
  return by.map((name, i) => `${name} ${JSON.stringify(key[i])}`).join(", ");
}
