/** Forecast: the last known values of each series, the forecast and its intervals. */
import type { JsonObject } from "../core/json.ts";
import { axisLabels, quantitative } from "./axes.ts";
import { countOf, displayInterval, displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, type PlotSpec } from "./theme.ts";

interface ForecastSeries {
  /** Empty for a single one. */
  readonly name: string;
  /** "daily". */
  readonly step: string;
  /** By time, in epoch milliseconds. */
  readonly known: readonly { readonly at: number; readonly value: number }[];
  readonly forecast: readonly {
    readonly at: number;
    readonly value: number;
    /** By level; null if there is none. */
    readonly bounds: readonly (readonly [number, number] | null)[];
  }[];
}

/** More plots are too small to read; the file has all series. */
const MOST_SERIES = 6;

/**
 * @param levels coverage of the intervals, such as 0.8
 * @param tested how good earlier forecasts were, for a line of its own
 */
export function forecastPlot(
  target: string,
  levels: readonly number[],
  series: readonly ForecastSeries[],
  tested?: string,
): PlotSpec {
  const shown = series.slice(0, MOST_SERIES);
  const horizon = shown[0]?.forecast.length ?? 0;
  const has = shown.some(({ forecast }) => forecast.some(({ bounds }) => bounds.some((each) => each !== null)));
  const intervals = has ? `, ${levels.toSorted().map(percent).join(" and ")} interval` : "";
  const left = series.length > shown.length ? `; ${shown.length} of ${series.length} series` : "";
  const ends = new Set(shown.map(({ known }) => new Date(known.at(-1)!.at).toISOString().slice(0, 10)));
  const until = ends.size === 1 ? ` until ${[...ends][0]}` : "";
  const only = series.length === 1 && shown[0]!.name !== "" ? `, ${shown[0]!.name}` : "";
  const legend = `grey: known values${until}; blue: forecast${intervals}${left}`;
  const isWide = shown.length === 1;
  const size = isWide ? { width: 2 * plotWidth, height: 260 } : { width: plotWidth, height: 170 };
  const plots = shown.map((each): JsonObject => ({
    ...size,
    ...(isWide ? {} : { title: { text: each.name, fontSize: 13, offset: 6, frame: "group" } }),
    ...panel(each, { target, levels, isWide }),
  }));
  const body: JsonObject = isWide ? plots[0]! : { columns: 2, spacing: 24, concat: plots };
  const title = { text: `Forecast of ${target}${only}`, subtitle: tested === undefined ? legend : [legend, tested] };
  return plotSpec(title, sentence(target, shown, horizon), body);
}

function panel(
  { known, forecast }: ForecastSeries,
  { target, levels, isWide }: { target: string; levels: readonly number[]; isWide: boolean },
): JsonObject {
  // Enough of the past to see its seasons, without pressing the forecast into a corner.
  const past = known.slice(-Math.max(40, 3 * forecast.length));
  const last = past.at(-1)!;
  const joined = [{ ...last, bounds: levels.map(() => [last.value, last.value] as const) }, ...forecast];
  const values = [...past, ...joined].map(({ value }) => value);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const axis = { grid: false, tickCount: isWide ? 10 : 5 };
  const x = { field: "at", type: "temporal", title: null, scale: { type: "utc" }, axis };
  const y = quantitative("value", target, { scale: { zero: false, nice: true }, axis: axisLabels([0, largest]) });
  // The widest first, so that the narrower ones are drawn on it.
  const bands = levels
    .map((level, i) => ({ level, i }))
    .toSorted((a, b) => b.level - a.level)
    .map(({ i }): JsonObject => {
      const rows = joined.flatMap(({ at, bounds }) =>
        bounds[i] ? [{ at, value: bounds[i][0], high: bounds[i][1] }] : [],
      );
      return {
        data: { values: rows.length > 1 ? rows : [] },
        mark: { type: "area", color: colours.accent, opacity: 0.2, line: false },
        encoding: { x, y, y2: { field: "high" } },
      };
    });
  const line = (rows: readonly { at: number; value: number }[], color: string): JsonObject => ({
    data: { values: rows.map(({ at, value }) => ({ at, value })) },
    mark: { type: "line", color, strokeWidth: 2, strokeJoin: "round", point: rows.length <= 50 && { color, size: 18 } },
    encoding: { x, y },
  });
  return { layer: [...bands, line(joined, colours.accent), line(past, colours.grey)] };
}

function sentence(target: string, series: readonly ForecastSeries[], horizon: number): string {
  const [first] = series;
  const end = first?.forecast.at(-1);
  if (first === undefined || end === undefined) return "Nothing was forecast.";
  const day = new Date(end.at).toISOString().slice(0, 10);
  const [interval] = end.bounds;
  const range = interval ? ` (${displayInterval(interval)})` : "";
  const of = first.name === "" ? "" : ` of ${first.name}`;
  return `${countOf(horizon, "step")} ahead, ${first.step}: ${target}${of} is forecast to be ${displayNumber(end.value)}${range} on ${day}.`;
}
