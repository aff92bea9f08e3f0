/** Elapsed: the time since earlier rows. */
import type { DateColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import {
  extendSeries,
  fitSeries,
  lagsOption,
  loadSeries,
  reach,
  seriesGaps,
  type Series,
  type SeriesState,
} from "./historySeries.ts";
import { mapColumns } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

type Unit = "minutes" | "hours" | "days" | "weeks";

const milliseconds: Record<Unit, number> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: MILLISECONDS_A_DAY,
  weeks: 7 * MILLISECONDS_A_DAY,
};

export type ElapsedState = {
  readonly series: readonly [SeriesState];
  readonly lags: readonly number[];
  readonly unit: Unit;
};

const options: readonly TransformOption[] = [
  lagsOption,
  {
    name: "unit",
    type: "choice",
    default: "days",
    choices: Object.keys(milliseconds),
    description: "unit of the result",
  },
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
    return { series: [{ ...first!, values: [] }], lags: [...new Set(lags)], unit };
  },
  inputNames: ({ series }) => [series[0].timeColumn],
  outputNames: ({ series, lags }) => [series[0].timeColumn, ...lags.map(elapsedName)],
  load({ series: [state], lags, unit }) {
    const past = loadSeries(state);
    const made = (rows: DateColumn): NumberColumn[] => lags.map((back) => elapsedColumn(past, rows, { back, unit }));
    return mapColumns("date", [state.timeColumn], () => (rows) => [rows, ...made(rows)]);
  },
  extendHistory: ({ series: [state], ...rest }, later) => ({
    ...rest,
    series: [{ ...extendSeries(state, later), values: [] }],
  }),
  historyGaps({ series, lags }) {
    const needed = Math.max(...lags);
    return seriesGaps(series, (past, time) => {
      const count = past.before(time);
      return count >= needed ? undefined : `only ${count} of ${needed} rows before it; ${reach(past)}`;
    });
  },
};

function elapsedName(back: number): string {
  return `elapsed_${back}`;
}

function elapsedColumn(
  { times, before }: Series,
  rows: DateColumn,
  { back, unit }: { readonly back: number; readonly unit: Unit },
): NumberColumn {
  const since = (time: number): number => (time - (times[before(time) - back] ?? NaN)) / milliseconds[unit];
  return { kind: "number", name: elapsedName(back), values: Float64Array.from(rows.values, since) };
}
