/** SHAP summary: the effect of each input column on the predictions, row by row, coloured by its value. */
import type { JsonObject } from "../core/json.ts";
import { axisLabels, domainOf, labelsWidth, nominal, quantitative } from "./axes.ts";
import { countOf, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, type PlotSpec } from "./theme.ts";

/** Values (n_rows), NaN is missing; with `categories` their codes, below 0 is missing. */
export interface ShapFeature {
  readonly name: string;
  /** SHAP values, (n_rows). */
  readonly contributions: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly categories?: readonly string[];
}

export interface ShapData {
  readonly features: readonly ShapFeature[];
  /** Unit of the contributions: "traffic_volume", "log-odds of “1”". */
  readonly unit: string;
}

const MAXIMUM_FEATURES = 12;
/** Features below this share of the largest are left out: their stripes would be invisible. */
const MINIMUM_SHARE = 0.005;
/** Stripes per feature: enough to show a shape, few enough to keep the page small. */
const BINS = 44;
/** With the names of the columns, the width of a column of plots, and hardly more than that of a phone. */
const WIDTH = 300;
/** Height of a feature, and of its tallest and shortest stripe, in px. */
const STEP = 30;
const TALLEST = 24;
const SHORTEST = 2;
const LABEL_LIMIT = 170;

const levels = {
  low: colours.accent,
  middle: colours.grey,
  high: colours.contrast,
  text: colours.third,
  missing: colours.domain,
};
type Level = keyof typeof levels;
const levelNames = Object.keys(levels) as Level[];

interface Ranked extends ShapFeature {
  /** Mean absolute contribution. */
  readonly size: number;
  readonly levels: readonly Level[];
}

/** @param isOneOfSeveral the title names the unit, which is that of one class */
export function shapSummaryPlot({ features, unit }: ShapData, isOneOfSeveral = false): PlotSpec {
  const ranked = features.map(withSize).toSorted((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const relevant = ranked.filter(({ size }) => size > 0);
  const shown = relevant.filter(({ size }) => size >= MINIMUM_SHARE * relevant[0]!.size).slice(0, MAXIMUM_FEATURES);
  const rows = features[0]?.contributions.length ?? 0;
  const more =
    relevant.length > shown.length
      ? `; the ${displayNumber(shown.length)} largest of ${displayNumber(relevant.length)} columns`
      : "";
  const subtitle = `${countOf(rows, "row")}; taller stripes: more rows${more}`;
  const title = { text: isOneOfSeveral ? `SHAP summary: ${unit}` : "SHAP summary", subtitle };
  return plotSpec(title, sentence(shown, unit), body(shown, unit));
}

function withSize(feature: ShapFeature): Ranked {
  const sum = Array.from(feature.contributions).reduce((total, value) => total + Math.abs(value), 0);
  const size = sum / Math.max(1, feature.contributions.length);
  const ofText = (): Level[] => Array.from(feature.values, (code) => (code < 0 ? "missing" : "text"));
  return { ...feature, size, levels: feature.categories ? ofText() : shapLevels(feature.values) };
}

function body(shown: readonly Ranked[], unit: string): JsonObject {
  const domain = domainOf(...shown.map(({ contributions }) => contributions), [0]);
  const names = shown.map(({ name }) => name);
  const height = Math.max(1, shown.length) * STEP;
  const present = levelNames.filter((level) => shown.some((feature) => feature.levels.includes(level)));
  const x = quantitative("x", `SHAP value: effect on the prediction (${unit})`, { scale: { domain, nice: false } });
  const axis = {
    title: null,
    values: names.map((_, i) => (i + 0.5) * STEP),
    labelExpr: `${JSON.stringify(names)}[floor(datum.value / ${STEP})]`,
    tickCount: names.length,
    labelLimit: LABEL_LIMIT,
    labelColor: colours.ink,
    labelOverlap: false,
    ticks: false,
    domain: false,
  };
  const range = present.map((level) => levels[level]);
  const color = nominal("level", present, range, { orient: "bottom", direction: "horizontal" });
  return {
    width: Math.max(200, WIDTH + 120 - labelsWidth(names, LABEL_LIMIT)),
    height,
    encoding: {
      x: { ...x, axis: { tickCount: 5, ...axisLabels(domain) } },
      y: quantitative("y", null, { scale: { domain: [0, height], nice: false, reverse: true }, axis }),
    },
    layer: [
      {
        data: { values: [{ x: 0 }] },
        mark: { type: "rule", color: colours.muted },
        encoding: { y: { value: 0 }, y2: { value: height } },
      },
      {
        data: { values: shown.flatMap((feature, i) => stripes(feature, (i + 0.5) * STEP, domain)) },
        mark: { type: "rect", strokeWidth: 0 },
        encoding: { x2: { field: "x2" }, y2: { field: "y2" }, color: { ...color, title: "Value of the column" } },
      },
    ],
  };
}

/** Bins the contributions; each bin is a stripe centred on `centre`, with low values at the bottom and high values on top. */
function stripes(
  { contributions, levels: levelOf }: Ranked,
  centre: number,
  [from, to]: readonly [number, number],
): JsonObject[] {
  const counts = Array.from({ length: BINS }, () => levelNames.map(() => 0));
  Array.from(contributions).forEach((value, row) => {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * BINS)));
    counts[bin]![levelNames.indexOf(levelOf[row]!)]!++;
  });
  const totals = counts.map((own) => own.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  return counts.flatMap((own, bin) => {
    if (totals[bin] === 0) return [];
    const height = Math.max(SHORTEST, (TALLEST * totals[bin]!) / most);
    const x = tidy(from + ((to - from) * bin) / BINS);
    const x2 = tidy(from + ((to - from) * (bin + 1)) / BINS);
    let bottom = centre + height / 2;
    return own.flatMap((count, i) => {
      if (count === 0) return [];
      const y = bottom;
      bottom -= (height * count) / totals[bin]!;
      return [{ x, x2, y: tidy(y), y2: tidy(bottom), level: levelNames[i]! }];
    });
  });
}

/** Drops digits below a hundredth of a pixel to keep the page small. */
function tidy(value: number): number {
  return Number(value.toPrecision(5));
}

function sentence(shown: readonly Ranked[], unit: string): string {
  if (shown.length === 0) return "No column affects any prediction.";
  const parts = shown.slice(0, 3).map((feature, i) => {
    const size = displayNumber(feature.size);
    const amount = i === 0 ? `has the largest effect, ${size} on average (${unit})` : size;
    return `“${feature.name}” ${amount}${direction(feature)}`;
  });
  return `${parts.join("; ")}.`;
}

/** Empty unless the mean contributions rise or fall from low to middle to high values, clearly; of text, its extremes. */
function direction({ contributions, values, categories, levels: levelOf, size }: Ranked): string {
  const rows = Array.from(contributions, (_, row) => row);
  const means = Array.from(
    Map.groupBy(rows, (row) => (categories === undefined ? levelOf[row]! : (categories[values[row]!] ?? "missing"))),
    ([name, own]) => [name, own.reduce((sum, row) => sum + contributions[row]!, 0) / own.length] as const,
  ).toSorted((a, b) => a[1] - b[1]);
  if (categories !== undefined) {
    const [low, high] = [means[0]!, means.at(-1)!];
    return high[1] - low[1] < size ? "" : `: highest for “${high[0]}”, lowest for “${low[0]}”`;
  }
  const known = means.filter(([level]) => level !== "missing");
  const [low, high] = [known[0], known.at(-1)];
  if (low === undefined || high === undefined || high[1] - low[1] < size) return "";
  if (low[0] === "low" && high[0] === "high") return ": high values raise the prediction";
  return low[0] === "high" && high[0] === "low" ? ": high values lower the prediction" : "";
}

/** By terciles. A feature with two values has only low and high; equal values always get the same level. */
export function shapLevels(values: ArrayLike<number>): readonly Level[] {
  const all = Array.from(values);
  const sorted = Float64Array.from(all.filter((value) => !Number.isNaN(value))).toSorted();
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  const isPair = sorted.every((value) => value === least || value === greatest);
  const [first, second] = [sorted[Math.floor(sorted.length / 3)]!, sorted[Math.floor((2 * sorted.length) / 3)]!];
  return all.map((value) => {
    if (Number.isNaN(value)) return "missing";
    if (isPair) return value === least ? "low" : "high";
    if (value <= first) return "low";
    return value > second ? "high" : "middle";
  });
}
