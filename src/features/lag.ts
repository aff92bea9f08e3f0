/** Lag: earlier values of a column, by time. */
import type { DateColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import {
  extendSeries,
  fitSeries,
  lagsOption,
  loadSeries,
  reach,
  seriesGaps,
  timeColumns,
  type Series,
  type SeriesState,
} from "./historySeries.ts";
import { mapColumns } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

export type LagState = { readonly series: readonly SeriesState[]; readonly lags: readonly number[] };

const options: readonly TransformOption[] = [lagsOption];

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
    return { series: fitSeries(table, given, context), lags: [...new Set(lags)] };
  },
  inputNames: timeColumns,
  outputNames: (state) => [
    ...timeColumns(state),
    ...state.series.flatMap(({ column }) => state.lags.map((back) => lagName(column, back))),
  ],
  load({ series, lags }) {
    const loaded = series.map(loadSeries);
    const lagged = (rows: DateColumn): NumberColumn[] =>
      loaded.flatMap((past) => lags.map((back) => lagColumn(past, rows, back)));
    return mapColumns("date", timeColumns({ series }), () => (rows) => [rows, ...lagged(rows)]);
  },
  extendHistory: (state, later) => ({ ...state, series: state.series.map((each) => extendSeries(each, later)) }),
  historyGaps({ series, lags }) {
    const needed = Math.max(...lags);
    return seriesGaps(series, (past, time) => {
      const count = past.before(time);
      if (count >= needed) return undefined;
      return `only ${count} of ${needed} values of "${past.column}" before it; ${reach(past)}`;
    });
  },
};

function lagName(column: string, back: number): string {
  return `${column}_lag_${back}`;
}

function lagColumn({ column, values, before }: Series, rows: DateColumn, back: number): NumberColumn {
  const made = Float64Array.from(rows.values, (time) => values[before(time) - back] ?? NaN);
  return { kind: "number", name: lagName(column, back), values: made };
}
