/** SHAP summary: how far each feature moved the answers, row by row, and whether its high or its low values did. */
import type { JsonObject } from "../core/json.ts";
import { axisFormat, domainOf } from "./density.ts";
import { countOf, figure } from "./figures.ts";
import { shapLevels, type Level } from "./shapLevels.ts";
import { textWidth } from "./textWidth.ts";
import type { PlotSpec } from "./theme.ts";
import { colours, plotSpec } from "./theme.ts";

export interface ShapFeature {
  readonly name: string;
  /** How far it moved the answer of each row, (n_rows). */
  readonly contributions: ArrayLike<number>;
  /** Its value in each row, (n_rows); NaN is missing. */
  readonly values: ArrayLike<number>;
}

export interface ShapData {
  /** In any order. */
  readonly features: readonly ShapFeature[];
  /** What the contributions are in: "traffic_volume", "log-odds of “1”". */
  readonly unit: string;
}

const MOST_FEATURES = 12;
/** Of the largest: below, nothing could be seen. */
const LEAST_SHARE = 0.005;
/** Stripes across the plot: narrow enough to show a shape, and few enough that a page stays small. */
const BINS = 44;
const WIDTH = 400;
/** Height of a feature in px, and of its fullest stripe. */
const STEP = 30;
const FULLEST = 24;
const LEAST = 2;
const LABEL_LIMIT = 170;

const levels: readonly { readonly level: Level; readonly colour: string }[] = [
  { level: "low", colour: colours.accent },
  { level: "middle", colour: colours.grey },
  { level: "high", colour: colours.contrast },
  { level: "missing", colour: colours.domain },
];

interface Ranked extends ShapFeature {
  /** Mean size of its contributions. */
  readonly size: number;
  readonly levels: readonly Level[];
}

export function shapSummaryPlot({ features, unit }: ShapData): PlotSpec {
  const ranked = features.map(withSize).toSorted((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const moving = ranked.filter(({ size }) => size > 0);
  const shown = moving.filter(({ size }) => size >= LEAST_SHARE * moving[0]!.size).slice(0, MOST_FEATURES);
  const rows = features[0]?.contributions.length ?? 0;
  const more =
    moving.length > shown.length ? `; the ${figure(shown.length)} largest of ${figure(moving.length)} features` : "";
  const subtitle = `${countOf(rows, "row")}; a stripe is as high as there are rows${more}`;
  return plotSpec({ text: "What moves the answers (SHAP)", subtitle }, sentence(shown, unit), body(shown, unit));
}

function withSize(feature: ShapFeature): Ranked {
  const sum = Array.from(feature.contributions).reduce((total, value) => total + Math.abs(value), 0);
  const size = sum / Math.max(1, feature.contributions.length);
  return { ...feature, size, levels: shapLevels(feature.values) };
}

function body(shown: readonly Ranked[], unit: string): JsonObject {
  const domain = domainOf(...shown.map(({ contributions }) => contributions), [0]);
  const names = shown.map(({ name }) => name);
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const height = Math.max(1, shown.length) * STEP;
  const present = levels.filter(({ level }) => shown.some((feature) => feature.levels.includes(level)));
  const x = {
    field: "x",
    type: "quantitative",
    title: `Moves the answer by (${unit})`,
    scale: { domain, nice: false },
  };
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
  return {
    width: Math.max(220, WIDTH + 120 - labels),
    height,
    encoding: {
      x: { ...x, axis: { tickCount: 5, format: axisFormat(domain) } },
      y: { field: "y", type: "quantitative", scale: { domain: [0, height], nice: false, reverse: true }, axis },
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
        encoding: {
          x2: { field: "x2" },
          y2: { field: "y2" },
          color: {
            field: "level",
            type: "nominal",
            title: "Value of the feature",
            scale: { domain: present.map(({ level }) => level), range: present.map(({ colour }) => colour) },
            legend: { orient: "bottom", direction: "horizontal" },
          },
        },
      },
    ],
  };
}

/** Rows whose contributions are about the same, as a stripe around `centre`: low values below, high ones on top. */
function stripes(
  { contributions, levels: levelOf }: Ranked,
  centre: number,
  [from, to]: readonly [number, number],
): JsonObject[] {
  const counts = Array.from({ length: BINS }, () => levels.map(() => 0));
  Array.from(contributions).forEach((value, row) => {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * BINS)));
    counts[bin]![levels.findIndex(({ level }) => level === levelOf[row])]!++;
  });
  const totals = counts.map((own) => own.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  return counts.flatMap((own, bin) => {
    if (totals[bin] === 0) return [];
    const height = Math.max(LEAST, (FULLEST * totals[bin]!) / most);
    const x = tidy(from + ((to - from) * bin) / BINS);
    const x2 = tidy(from + ((to - from) * (bin + 1)) / BINS);
    let bottom = centre + height / 2;
    return own.flatMap((count, i) => {
      if (count === 0) return [];
      const y = bottom;
      bottom -= (height * count) / totals[bin]!;
      return [{ x, x2, y: tidy(y), y2: tidy(bottom), level: levels[i]!.level }];
    });
  });
}

/** Digits beyond a hundredth of a pixel only make the page larger. */
function tidy(value: number): number {
  return Number(value.toPrecision(5));
}

function sentence(shown: readonly Ranked[], unit: string): string {
  if (shown.length === 0) return "No feature moves any answer.";
  const told = shown.slice(0, 3).map((feature, i) => {
    const amount = i === 0 ? ` by ${figure(feature.size)} on average (${unit})` : ` by ${figure(feature.size)}`;
    return `“${feature.name}”${i === 0 ? " moves the answer most," : ""}${amount}${direction(feature)}`;
  });
  return `${told.join("; ")}.`;
}

/** Words only where the mean contributions of high and low values lie clearly apart. */
function direction({ contributions, levels: levelOf, size }: Ranked): string {
  const meanOf = (level: Level): number => {
    const own = Array.from(contributions).filter((_, row) => levelOf[row] === level);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  const difference = meanOf("high") - meanOf("low");
  if (Number.isNaN(difference) || Math.abs(difference) < size) return "";
  return difference > 0 ? ", up where it is high" : ", down where it is high";
}
