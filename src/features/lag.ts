/** Lag: earlier values of a column, by time. */
import type { Transform, TransformOption } from "../core/transform.ts";
import { byOption, extendSeries, fitSeries, lagsOption, shortHistoryOf, shortHistoryOption } from "./historySeries.ts";
import { readOptions } from "./readOptions.ts";
import { lookBack, reach, seriesGaps } from "./seriesLookup.ts";
import { cutHistory, keyColumns, looksBack, type SeriesState, type Tolerance } from "./seriesState.ts";

export type LagState = Tolerance & { readonly series: readonly SeriesState[]; readonly lags: readonly number[] };

const options: readonly TransformOption[] = [lagsOption, byOption, shortHistoryOption];

/**
 * `<column>_lag_<k>`: the k-th last value strictly before the time of the row, for training, validation and prediction
 * alike. The model contains the history, so a row to predict needs only a date. Too little history gives NaN.
 */
export const lag: Transform<LagState> = {
  type: "lag",
  description: "adds earlier values of a column (default: the target), by time_column",
  kinds: ["number"],
  options,
  fit(table, given, context) {
    const { lags } = readOptions<{ lags: readonly number[] }>(given, options);
    return { series: fitSeries(table, given, context), lags: [...new Set(lags)], ...shortHistoryOf(given) };
  },
  inputNames: keyColumns,
  outputNames: (state) => [
    ...keyColumns(state),
    ...state.series.flatMap(({ column }) => state.lags.map((back) => lagName(column, back))),
  ],
  load: ({ series, lags }) =>
    lookBack(series, (seriesOf, { values: times }, column) =>
      lags.map((back) => {
        const values = new Float64Array(times.length);
        for (let row = 0; row < times.length; row++) {
          const past = seriesOf(row);
          values[row] = past.values[past.before(times[row]!) - back] ?? NaN;
        }
        return { kind: "number", name: lagName(column, back), values };
      }),
    ),
  looksBack,
  cutHistory,
  extendHistory: (state, later) => ({ ...state, series: state.series.map((each) => extendSeries(each, later)) }),
  historyGaps(state) {
    const needed = Math.max(...state.lags);
    return seriesGaps(state, (past, time) => {
      const count = past.before(time);
      if (count >= needed) return undefined;
      return `only ${count} of ${needed} values of "${past.column}" before it; ${reach(past)}`;
    });
  },
};

function lagName(column: string, back: number): string {
  return `${column}_lag_${back}`;
}
