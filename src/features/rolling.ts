/** Rolling: a statistic of a column over a time window before each row, also for irregular times. */
import { param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { mean, median, standardDeviation } from "../stats/descriptive.ts";
import { parseDuration, type Duration } from "../core/text/format.ts";
import { loadSeries, reach, type Series } from "./seriesLookup.ts";
import { seriesTransform } from "./seriesTransform.ts";

type Statistic = "mean" | "min" | "max" | "median" | "std" | "count";

type RollingOptions = {
  readonly windows: readonly string[];
  readonly statistic: Statistic;
  readonly fallback: "longer" | "none";
  readonly empty: "keep" | "skip";
};

/** Like pandas' rolling("30D", closed="left", min_periods=1): `<column>_rolling_30d`, or `<column>_rolling_max_30d`. */
export const rolling = seriesTransform<RollingOptions, RollingOptions>({
  type: "rolling",
  description: "adds the mean (or another statistic) of a column over a time window before the row, by time_column",
  options: [
    param(
      "windows",
      { type: "texts", default: ["30d"] },
      'window lengths before the row, such as "30d" (m, h, d, w); includes its first instant, excludes the row itself',
    ),
    param(
      "statistic",
      { type: "choice", default: "mean", choices: ["mean", "min", "max", "median", "std", "count"] },
      "statistic of the values in the window; std is the sample standard deviation (n − 1)",
    ),
    param(
      "fallback",
      { type: "choice", default: "longer", choices: ["longer", "none"] },
      "value of an empty window: that of the next longer window, or none",
    ),
    param(
      "empty",
      { type: "choice", default: "keep", choices: ["keep", "skip"] },
      "whether later steps still look back on a row whose own windows are empty",
    ),
  ],
  fit({ windows, statistic, fallback, empty }) {
    for (const text of windows) if (!((parseDuration(text)?.milliseconds ?? 0) > 0)) throw wrongWindow(text);
    return { windows: [...new Set(windows)], statistic, fallback, empty };
  },
  names: rollingNames,
  load(state) {
    const valuesAt = windowsAt(state);
    return (seriesOf, { values: times }, column) => {
      const made = state.windows.map(() => new Float64Array(times.length));
      times.forEach((time, row) => valuesAt(seriesOf(row), time).forEach((value, i) => (made[i]![row] = value)));
      return rollingNames(column, state).map((name, i) => ({ kind: "number", name, values: made[i]! }));
    };
  },
  depth: ({ windows }) => ({ entries: 1, milliseconds: byLength(windows).at(-1)!.milliseconds }),
  gaps(state) {
    const valuesAt = windowsAt(state);
    return (past, time) => {
      const empty = valuesAt(past, time).findIndex(Number.isNaN);
      if (empty < 0) return undefined;
      const longest =
        state.fallback === "longer" ? byLength(state.windows).at(-1)! : parseDuration(state.windows[empty]!)!;
      return `${state.statistic === "std" ? "fewer than two values" : "no value"} of "${past.column}" in the ${longest.words} before it; ${reach(past)}`;
    };
  },
  narrowHistory(state, history) {
    if (state.empty === "keep") return history;
    const valuesAt = windowsAt(state);
    const all = state.series.map((each) => loadSeries(each)(history.columns));
    const isComplete = (time: number, row: number): boolean =>
      all.every((seriesOf) => !valuesAt(seriesOf(row), time).some(Number.isNaN));
    return { ...history, time: history.time.map((time, row) => (isComplete(time, row) ? time : NaN)) };
  },
});

function rollingNames(column: string, { windows, statistic }: RollingOptions): string[] {
  return windows.map((window) => `${column}_rolling_${statistic === "mean" ? "" : `${statistic}_`}${window}`);
}

function wrongWindow(text: string): MlctlError {
  return new MlctlError("usage", `window ${JSON.stringify(text)} is not a valid duration`, {
    hint: 'write a number with m, h, d or w, as in "30d"',
  });
}

function byLength(windows: readonly string[]): Duration[] {
  return windows.map((text) => parseDuration(text)!).toSorted((a, b) => a.milliseconds - b.milliseconds);
}

type WindowsAt = (past: Series, time: number) => number[];

/** @returns a function from an instant to the value of each window, NaN for an empty one */
function windowsAt({ windows, statistic, fallback }: RollingOptions): WindowsAt {
  const order = byLength(windows);
  const positions = windows.map((text) => order.findIndex((window) => window.text === text));
  return (past, time) => {
    if (Number.isNaN(time)) return positions.map(() => NaN);
    const end = past.before(time);
    const values = order.map(({ milliseconds }) =>
      statistics[statistic](past.values.subarray(past.before(time - milliseconds), end)),
    );
    if (fallback === "longer") {
      for (let i = values.length - 2; i >= 0; i--) if (Number.isNaN(values[i])) values[i] = values[i + 1]!;
    }
    return positions.map((position) => values[position]!);
  };
}

/** NaN for an empty window (except count), as in stats. */
const statistics: Record<Statistic, (values: Float64Array) => number> = {
  mean,
  min: (values) => (values.length === 0 ? NaN : values.reduce((low, value) => Math.min(low, value))),
  max: (values) => (values.length === 0 ? NaN : values.reduce((high, value) => Math.max(high, value))),
  median,
  std: (values) => standardDeviation(values, { ddof: 1 }),
  count: (values) => values.length,
};
