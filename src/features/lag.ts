/** Lag: earlier values of a column, by time. */
import { reach } from "./seriesLookup.ts";
import { lagsOption, seriesTransform } from "./seriesTransform.ts";

type Lags = { readonly lags: readonly number[] };

/**
 * `<column>_lag_<k>`: the k-th last value strictly before the time of the row, for training, validation and prediction
 * alike. The model contains the history, so a row to predict needs only a date. Too little history gives NaN.
 */
export const lag = seriesTransform<Lags, Lags>({
  type: "lag",
  description: "adds earlier values of a column (default: the target), by time_column",
  options: [lagsOption],
  fit: ({ lags }) => ({ lags: [...new Set(lags)] }),
  names: (column, { lags }) => lags.map((back) => `${column}_lag_${back}`),
  load:
    ({ lags }) =>
    (seriesOf, { values: times }, column) =>
      lags.map((back) => {
        const values = new Float64Array(times.length);
        for (let row = 0; row < times.length; row++) {
          const past = seriesOf(row);
          values[row] = past.values[past.before(times[row]!) - back] ?? NaN;
        }
        return { kind: "number", name: `${column}_lag_${back}`, values };
      }),
  depth: ({ lags }) => ({ entries: Math.max(...lags), milliseconds: 0 }),
  gaps({ lags }) {
    const needed = Math.max(...lags);
    return (past, time) => {
      const count = past.before(time);
      if (count >= needed) return undefined;
      return `only ${count} of ${needed} values of "${past.column}" before it; ${reach(past)}`;
    };
  },
});
