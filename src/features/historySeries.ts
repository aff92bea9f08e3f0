/** History of one column in a transform: values sorted by time, for each series of the data. */
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { History } from "../core/history.ts";
import type { NumberColumn, Table } from "../core/table/table.ts";
import type { TransformContext, TransformOptions } from "../core/transform.ts";
import { columnHint } from "../core/text/suggest.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import { chooseColumns } from "./readOptions.ts";
import { groupSeries, groupsOf, keyText, type SeriesEntries, type SeriesState, withGroups } from "./seriesState.ts";
import { longestBefore } from "./seriesLookup.ts";

/** A day, an hour, a minute, a second, a millisecond. */
const UNITS = [MILLISECONDS_A_DAY, 3_600_000, 60_000, 1000, 1];

/** History of the columns in `options`; default: of the target. @throws {MlctlError} kind "usage" */
export function fitSeries(table: Table, options: TransformOptions, context: TransformContext): SeriesState[] {
  const history = requireHistory(table, context);
  const named = options["column"] !== undefined || options["columns"] !== undefined;
  const chosen = chooseColumns(history.columns, named ? options : { column: context.target }, ["number"]);
  const by = (options["by"] ?? []) as readonly string[];
  for (const name of by) requireKeyColumn(table, history, name, context.target);
  return chosen.map((column) => seriesOf(history, column, { table, by }));
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

function requireKeyColumn(table: Table, { columns, timeColumn }: History, name: string, target: string): void {
  const [here, known] = [findColumn(table, name), findColumn(columns, name)];
  if (name === target || name === timeColumn) {
    throw new MlctlError("usage", `by: "${name}" is the ${name === target ? "target" : "time_column"}`, {
      hint: "name columns that are the same in all rows of a series",
    });
  }
  if (here !== undefined && here.kind === known?.kind) return;
  const names = table.columns.map((column) => column.name);
  throw new MlctlError("usage", `by: no column "${name}"`, {
    hint:
      known === undefined
        ? columnHint(name, names, 10)
        : `put this step before those that change "${name}", and remove it from id_columns and drop_columns`,
  });
}

function seriesOf(
  history: History,
  column: NumberColumn,
  { table, by }: { readonly table: Table; readonly by: readonly string[] },
): SeriesState {
  const { timeColumn, time } = history;
  const all = groupSeries(history.columns, by);
  const groups = all.map(({ key, rows }) => ({ key, rows: sortedRows(history, column, rows) }));
  const unit = UNITS.find((candidate) => groups.every(({ rows }) => rows.every((row) => time[row]! % candidate === 0)));
  const entries = groups.map(({ key, rows }) => ({ key, ...entriesOf(history, column, { rows, unit: unit ?? 1 }) }));
  const series = withGroups(
    { column: column.name, timeColumn, unit: unit ?? 1, times: [], values: [], longestWait: null, by },
    entries.toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1)),
  );
  return { ...series, longestWait: longestBefore(series, table) };
}

/** Rows with a time and a value, by time. */
function sortedRows({ time }: History, { values }: NumberColumn, rows: readonly number[], after = -Infinity): number[] {
  const known = rows.filter((row) => time[row]! > after && Number.isFinite(values[row]!));
  return known.toSorted((a, b) => time[a]! - time[b]! || a - b);
}

function entriesOf(
  { time }: History,
  { values }: NumberColumn,
  { rows, unit }: { readonly rows: readonly number[]; readonly unit: number },
): SeriesEntries {
  return { times: rows.map((row) => time[row]! / unit), values: rows.map((row) => values[row]!) };
}

/** Adds the values of a later history after the end of each series; `longestWait` stays that of training. */
export function extendSeries(state: SeriesState, later: History): SeriesState {
  const { by = [] } = state;
  const column = findColumn(later.columns, state.column);
  if (column?.kind !== "number" || by.some((name) => findColumn(later.columns, name) === undefined)) return state;
  const groups = new Map(groupsOf(state).map((group) => [keyText(group.key), group]));
  const added = groupSeries(later.columns, by).flatMap(({ key, rows }) => {
    const group = groups.get(keyText(key)) ?? { key, times: [], values: [] };
    const end = (group.times.at(-1) ?? -Infinity) * state.unit;
    const sorted = sortedRows(later, column, rows, end);
    return sorted.length === 0 ? [] : [{ group, rows: sorted }];
  });
  const isFine = added.every(({ rows }) => rows.every((row) => later.time[row]! % state.unit === 0));
  const unit = isFine ? state.unit : 1;
  if (unit !== state.unit) {
    for (const [text, group] of groups)
      groups.set(text, { ...group, times: group.times.map((time) => (time * state.unit) / unit) });
  }
  for (const { group, rows } of added) {
    const { times, values } = groups.get(keyText(group.key)) ?? group;
    const more = entriesOf(later, column, { rows, unit });
    const joined = { times: [...times, ...more.times], values: [...values, ...more.values] };
    groups.set(keyText(group.key), { key: group.key, ...joined });
  }
  return withGroups({ ...state, unit }, [...groups.values()]);
}
