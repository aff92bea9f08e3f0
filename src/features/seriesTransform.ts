/** Transforms that look back on series of earlier rows: what lag, elapsed and rolling have in common. */
import { type ParamSpec, param } from "../core/paramSpec.ts";
import type { JsonObject } from "../core/json.ts";
import { type DateColumn, type NumberColumn, findColumn, type Table } from "../core/table/table.ts";
import type { Transform, History, TransformContext, TransformOptions } from "../core/transform.ts";
import { readOptions, chooseColumns } from "./mapColumns.ts";
import { lookBack, seriesGaps, type Series, longestBefore } from "./seriesLookup.ts";
import {
  cutHistory,
  groupsOf,
  keyColumns,
  looksBack,
  mapEntries,
  recentHistory,
  withGroups,
  type SeriesState,
  type Tolerance,
  groupSeries,
  keyText,
} from "./seriesState.ts";
import { MlctlError } from "../core/errors.ts";
import { columnHint } from "../core/text/suggest.ts";
import { MILLISECONDS_A_DAY } from "../core/text/format.ts";

/** How far `lag` and `elapsed` look back. */
export const lagsOption = param(
  "lags",
  { type: "integers", default: [1], minimum: 1 },
  "number of rows to look back; 1 is the previous row",
);

const byOption = param(
  "by",
  { type: "texts", default: null },
  'columns that tell several series apart, such as ["store"]; a row looks back on its own series only',
);

const shortHistoryOption = param(
  "short_history",
  { type: "choice", default: "refuse", choices: ["refuse", "missing"] },
  "a row with too little history: refuse = not used in training, an error in prediction; missing = its features are missing",
);

export type SeriesStates = Tolerance & { readonly series: readonly SeriesState[] };

/** `Own` is what the state has besides its series. */
interface SeriesTransform<Own extends JsonObject, Options> extends Pick<
  Transform<SeriesStates & Own>,
  "narrowHistory"
> {
  readonly type: string;
  readonly description: string;
  readonly options: readonly ParamSpec[];
  /** Only the times of the first series count. */
  readonly isTimesOnly?: boolean;
  fit(options: Options): Own;
  /** Names of the columns that are made of a series. */
  names(column: string, own: Own): readonly string[];
  /** Built once: the columns of a series for some rows. */
  load(own: Own): (seriesOf: (row: number) => Series, rows: DateColumn, column: string) => readonly NumberColumn[];
  /** How far a row looks back, as a number of entries and as a time: the longer of both counts. */
  depth(own: Own): { readonly entries: number; readonly milliseconds: number };
  /** Built once: why the history of a series is too short at an instant. */
  gaps(own: Own): (past: Series, time: number) => string | undefined;
}

export function seriesTransform<Own extends JsonObject, Options>(
  own: SeriesTransform<Own, Options>,
): Transform<SeriesStates & Own> {
  const options = [...own.options, byOption, shortHistoryOption];
  const kept = (series: readonly SeriesState[]): readonly SeriesState[] =>
    own.isTimesOnly === true
      ? mapEntries({ series: series.slice(0, 1) }, ({ times }) => ({ times, values: [] })).series
      : series;
  return {
    type: own.type,
    description: own.description,
    kinds: ["number"],
    options,
    fit(table, given, context) {
      const fitted = own.fit(readOptions<Options>(given, options));
      // Only what differs from the default, as in models of earlier versions.
      const tolerance: Tolerance = given["short_history"] === "missing" ? { shortHistory: "missing" } : {};
      return { series: kept(fitSeries(table, given, context)), ...fitted, ...tolerance };
    },
    inputNames: keyColumns,
    outputNames: (state) => [...keyColumns(state), ...state.series.flatMap(({ column }) => own.names(column, state))],
    load: (state) => lookBack(state.series, own.load(state)),
    looksBack,
    cutHistory,
    recentHistory: (state, end) => recentHistory(state, { end, ...own.depth(state) }),
    extendHistory: (state, later) => ({
      ...state,
      series: kept(state.series.map((each) => extendSeries(each, later))),
    }),
    historyGaps(state) {
      const { entries, milliseconds } = own.depth(state);
      // Windows and times of rows are the same with and without a gap.
      return seriesGaps(state, own.gaps(state), milliseconds > 0 || own.isTimesOnly === true ? 0 : entries);
    },
    ...(own.narrowHistory && { narrowHistory: own.narrowHistory }),
  };
}

/** A day, an hour, a minute, a second, a millisecond. */
const UNITS = [MILLISECONDS_A_DAY, 3_600_000, 60_000, 1000, 1];

/** History of the columns in `options`; default: of the target. @throws {MlctlError} kind "usage" */
export function fitSeries(table: Table, options: TransformOptions, context: TransformContext): SeriesState[] {
  const history = requireHistory(table, context);
  const named = options["column"] !== undefined || options["columns"] !== undefined;
  const chosen = chooseColumns(history.columns, named ? options : { column: context.target }, ["number"]);
  const by = (options["by"] ?? []) as readonly string[];
  for (const name of by) requireKeyColumn(table, history, name, context.target);
  return chosen.map(({ name }) => {
    const empty = { column: name, timeColumn: history.timeColumn, unit: UNITS[0]!, times: [], values: [], by };
    const series = extendSeries(withGroups({ ...empty, longestWait: null }, []), history, true);
    const sorted = groupsOf(series).toSorted((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1));
    const state = withGroups(series, sorted);
    return { ...state, longestWait: longestBefore(state, table) };
  });
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

/** Adds the values of a later history after the end of each series; `longestWait` stays that of training. */
export function extendSeries(state: SeriesState, later: History, isNew = false): SeriesState {
  const { by = [] } = state;
  const { time } = later;
  const column = findColumn(later.columns, state.column);
  if (column?.kind !== "number" || by.some((name) => findColumn(later.columns, name) === undefined)) return state;
  const groups = new Map(groupsOf(state).map((group) => [keyText(group.key), group]));
  const added = groupSeries(later.columns, by).flatMap(({ key, rows }) => {
    const end = (groups.get(keyText(key))?.times.at(-1) ?? -Infinity) * state.unit;
    const known = rows.filter((row) => time[row]! > end && Number.isFinite(column.values[row]!));
    const sorted = known.toSorted((a, b) => time[a]! - time[b]! || a - b);
    return sorted.length === 0 && !isNew ? [] : [{ key, rows: sorted }];
  });
  const units = isNew ? UNITS : [state.unit];
  const unit = units.find((each) => added.every(({ rows }) => rows.every((row) => time[row]! % each === 0))) ?? 1;
  if (unit !== state.unit) {
    for (const [text, group] of groups)
      groups.set(text, { ...group, times: group.times.map((each) => (each * state.unit) / unit) });
  }
  for (const { key, rows } of added) {
    const { times, values } = groups.get(keyText(key)) ?? { times: [], values: [] };
    groups.set(keyText(key), {
      key,
      times: [...times, ...rows.map((row) => time[row]! / unit)],
      values: [...values, ...rows.map((row) => column.values[row]!)],
    });
  }
  return withGroups({ ...state, unit }, [...groups.values()]);
}
