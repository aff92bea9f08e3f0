/** Elapsed: the time since earlier rows. */
import type { Transform, TransformOption } from "../core/transform.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import { byOption, extendSeries, fitSeries, lagsOption, shortHistoryOf, shortHistoryOption } from "./historySeries.ts";
import { option, readOptions } from "./readOptions.ts";
import { lookBack, reach, seriesGaps } from "./seriesLookup.ts";
import {
  cutHistory,
  groupsOf,
  keyColumns,
  looksBack,
  withGroups,
  type SeriesState,
  type Tolerance,
} from "./seriesState.ts";

type Unit = "minutes" | "hours" | "days" | "weeks";

const milliseconds: Record<Unit, number> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: MILLISECONDS_A_DAY,
  weeks: 7 * MILLISECONDS_A_DAY,
};

export type ElapsedState = Tolerance & {
  readonly series: readonly [SeriesState];
  readonly lags: readonly number[];
  readonly unit: Unit;
};

const options: readonly TransformOption[] = [
  lagsOption,
  byOption,
  shortHistoryOption,
  option("unit", { type: "choice", default: "days", choices: Object.keys(milliseconds) }, "unit of the result"),
];

/** `elapsed_<k>`: the time since the k-th last row with a value in the target (or in `column`). */
export const elapsed: Transform<ElapsedState> = {
  type: "elapsed",
  description: "adds the time since earlier rows, by time_column",
  kinds: ["number"],
  options,
  fit(table, given, context) {
    const { lags, unit } = readOptions<{ lags: readonly number[]; unit: Unit }>(given, options);
    const [first] = fitSeries(table, given, context);
    return { series: [withoutValues(first!)], lags: [...new Set(lags)], unit, ...shortHistoryOf(given) };
  },
  inputNames: keyColumns,
  outputNames: (state) => [...keyColumns(state), ...state.lags.map(elapsedName)],
  load: ({ series, lags, unit }) =>
    lookBack(series, (seriesOf, { values: times }) =>
      lags.map((back) => {
        const since = (time: number, row: number): number => {
          const past = seriesOf(row);
          return (time - (past.times[past.before(time) - back] ?? NaN)) / milliseconds[unit];
        };
        return { kind: "number", name: elapsedName(back), values: times.map(since) };
      }),
    ),
  looksBack,
  cutHistory,
  extendHistory: ({ series: [state], ...rest }, later) => ({
    ...rest,
    series: [withoutValues(extendSeries(state, later))],
  }),
  historyGaps(state) {
    const needed = Math.max(...state.lags);
    return seriesGaps(state, (past, time) => {
      const count = past.before(time);
      return count >= needed ? undefined : `only ${count} of ${needed} rows before it; ${reach(past)}`;
    });
  },
};

function elapsedName(back: number): string {
  return `elapsed_${back}`;
}

/** Only the times count. */
function withoutValues(state: SeriesState): SeriesState {
  return withGroups(
    state,
    groupsOf(state).map((group) => ({ ...group, values: [] })),
  );
}
