/** Rolling: a statistic of a column over the time before a row, however unevenly the rows lie. */
import { MlctlError } from "../core/errors.ts";
import type { DateColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { mean } from "../stats/mean.ts";
import { median } from "../stats/median.ts";
import { standardDeviation } from "../stats/standardDeviation.ts";
import { duration, type Duration } from "./duration.ts";
import {
  extendSeries,
  fitSeries,
  loadSeries,
  reach,
  seriesGaps,
  type Series,
  type SeriesState,
} from "./historySeries.ts";
import { mapColumns } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

type Statistic = "mean" | "min" | "max" | "median" | "std" | "count";

interface RollingOptions {
  readonly windows: readonly string[];
  readonly statistic: Statistic;
  readonly fallback: "longer" | "none";
  readonly empty: "keep" | "skip";
}

export type RollingState = Omit<RollingOptions, "windows"> & {
  readonly series: readonly SeriesState[];
  /** In the order of config.json. */
  readonly windows: readonly string[];
};

const options: readonly TransformOption[] = [
  {
    name: "windows",
    type: "texts",
    default: ["30d"],
    description: 'how far back, as "30d" (m, h, d, w): from that instant on, up to the row itself, which is left out',
  },
  {
    name: "statistic",
    type: "choice",
    default: "mean",
    choices: ["mean", "min", "max", "median", "std", "count"],
    description: "of the values in the window; std is of a sample (n − 1)",
  },
  {
    name: "fallback",
    type: "choice",
    default: "longer",
    choices: ["longer", "none"],
    description: "what an empty window takes: that of the next longer one, or nothing",
  },
  {
    name: "empty",
    type: "choice",
    default: "keep",
    choices: ["keep", "skip"],
    description: "whether steps that follow still look back on a row whose own windows are empty",
  },
];

/** As pandas' rolling("30D", closed="left", min_periods=1): `<column>_rolling_30d`, or `<column>_rolling_max_30d`. */
export const rolling: Transform<RollingState> = {
  type: "rolling",
  description: "adds the mean (or another statistic) of a column over the days before, by time_column",
  kinds: ["number"],
  options,
  fit(table, given, context) {
    const { windows, statistic, fallback, empty } = readOptions<RollingOptions>(given, options);
    for (const text of windows) if (duration(text) === undefined) throw wrongWindow(text);
    return { series: fitSeries(table, given, context), windows: [...new Set(windows)], statistic, fallback, empty };
  },
  inputNames: timeColumns,
  outputNames: (state) => [
    ...timeColumns(state),
    ...state.series.flatMap(({ column }) => state.windows.map((text) => rollingName(column, text, state.statistic))),
  ],
  load(state) {
    const loaded = state.series.map(loadSeries);
    const answer = windowsAt(state);
    const [name] = timeColumns(state);
    const made = (rows: DateColumn): NumberColumn[] =>
      loaded.flatMap((past) => rollingColumns(past, rows, state, answer));
    return mapColumns("date", name === undefined ? [] : [{ name, apply: (rows) => [rows, ...made(rows)] }]);
  },
  extendHistory: (state, later) => ({ ...state, series: state.series.map((each) => extendSeries(each, later)) }),
  historyGaps(state) {
    const answer = windowsAt(state);
    return seriesGaps(state.series, (past, time) => {
      const lacking = answer(past, time).findIndex(Number.isNaN);
      if (lacking < 0) return undefined;
      const longest =
        state.fallback === "longer" ? byLength(state.windows).at(-1)! : duration(state.windows[lacking]!)!;
      return `${state.statistic === "std" ? "fewer than two values" : "no value"} of "${past.column}" in the ${longest.words} before it; ${reach(past)}`;
    });
  },
  narrowHistory(state, history) {
    if (state.empty === "keep") return history;
    const answer = windowsAt(state);
    const all = state.series.map(loadSeries);
    const full = (time: number): boolean => all.every((past) => !answer(past, time).some(Number.isNaN));
    return { ...history, time: history.time.map((time) => (full(time) ? time : NaN)) };
  },
};

function timeColumns({ series }: RollingState): string[] {
  return series.slice(0, 1).map(({ timeColumn }) => timeColumn);
}

function rollingName(column: string, window: string, statistic: Statistic): string {
  return `${column}_rolling_${statistic === "mean" ? "" : `${statistic}_`}${window}`;
}

function wrongWindow(text: string): MlctlError {
  return new MlctlError("usage", `window ${JSON.stringify(text)} is no length of time`, {
    hint: 'write a number with m, h, d or w, as in "30d"',
  });
}

function byLength(windows: readonly string[]): Duration[] {
  return windows.map((text) => duration(text)!).toSorted((a, b) => a.milliseconds - b.milliseconds);
}

type WindowsAt = (past: Series, time: number) => number[];

/** @returns a function from an instant to the answer of each window, NaN where it has none */
function windowsAt({ windows, statistic, fallback }: RollingState): WindowsAt {
  const order = byLength(windows);
  const places = windows.map((text) => order.findIndex((window) => window.text === text));
  return (past, time) => {
    if (Number.isNaN(time)) return places.map(() => NaN);
    const end = past.before(time);
    const answers = order.map(({ milliseconds }) =>
      statistics[statistic](past.values.subarray(past.before(time - milliseconds), end)),
    );
    if (fallback === "longer") {
      for (let i = answers.length - 2; i >= 0; i--) if (Number.isNaN(answers[i])) answers[i] = answers[i + 1]!;
    }
    return places.map((place) => answers[place]!);
  };
}

/** NaN for an empty window (but for count), as the functions of stats have it. */
const statistics: Record<Statistic, (values: Float64Array) => number> = {
  mean,
  min: (values) => (values.length === 0 ? NaN : values.reduce((low, value) => Math.min(low, value))),
  max: (values) => (values.length === 0 ? NaN : values.reduce((high, value) => Math.max(high, value))),
  median,
  std: (values) => standardDeviation(values, { ddof: 1 }),
  count: (values) => values.length,
};

function rollingColumns(past: Series, rows: DateColumn, state: RollingState, answer: WindowsAt): NumberColumn[] {
  const made = state.windows.map(() => new Float64Array(rows.values.length));
  rows.values.forEach((time, row) => answer(past, time).forEach((value, i) => (made[i]![row] = value)));
  return state.windows.map((text, i) => ({
    kind: "number",
    name: rollingName(past.column, text, state.statistic),
    values: made[i]!,
  }));
}
