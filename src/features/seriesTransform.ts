/** Transforms that look back on series of earlier rows: what lag, elapsed and rolling have in common. */
import { type ParamSpec, param } from "../core/paramSpec.ts";
import type { JsonObject } from "../core/json.ts";
import type { DateColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform } from "../core/transform.ts";
import { extendSeries, fitSeries } from "./historySeries.ts";
import { readOptions } from "./readOptions.ts";
import { lookBack, seriesGaps, type Series } from "./seriesLookup.ts";
import { cutHistory, groupsOf, keyColumns, looksBack, withGroups, type SeriesState } from "./seriesState.ts";
import type { Tolerance } from "./seriesState.ts";

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
  /** Built once: why the history of a series is too short at an instant. */
  gaps(own: Own): (past: Series, time: number) => string | undefined;
}

export function seriesTransform<Own extends JsonObject, Options>(
  own: SeriesTransform<Own, Options>,
): Transform<SeriesStates & Own> {
  const options = [...own.options, byOption, shortHistoryOption];
  const kept = (series: readonly SeriesState[]): SeriesState[] =>
    own.isTimesOnly === true ? series.slice(0, 1).map(withoutValues) : [...series];
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
    extendHistory: (state, later) => ({
      ...state,
      series: kept(state.series.map((each) => extendSeries(each, later))),
    }),
    historyGaps: (state) => seriesGaps(state, own.gaps(state)),
    ...(own.narrowHistory && { narrowHistory: own.narrowHistory }),
  };
}

function withoutValues(state: SeriesState): SeriesState {
  return withGroups(
    state,
    groupsOf(state).map((group) => ({ ...group, values: [] })),
  );
}
