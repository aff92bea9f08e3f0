/** Confusion matrix: rows by true class and predicted class. */
import type { JsonObject } from "../core/json.ts";
import { countOf, displayNumber, percent } from "./displayNumber.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotSpec, type PlotSpec } from "./theme.ts";

export interface ConfusionMatrixData {
  readonly classes: readonly string[];
  /** Rows by true class (first index) and predicted class. */
  readonly matrix: readonly (readonly number[])[];
}

type Cell = ReturnType<typeof cellsOf>[number];

/** With more classes, the rarest are merged into one: the cells would be too small to see. */
const MAXIMUM_CLASSES = 30;

export function confusionMatrixPlot(data: ConfusionMatrixData): PlotSpec {
  const { classes, matrix } = mergeRareClasses(data);
  const cells = cellsOf(classes, matrix);
  const size = Math.max(16, Math.min(120, Math.floor(420 / classes.length)));
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const longest = Math.max(...classes.map((name) => textWidth(name, 12)));
  const byClass = { type: "nominal", sort: null, scale: { domain: [...classes], padding: 0 } };
  const axis = { domain: false, ticks: false, labelLimit: 180, labelColor: colours.ink };
  const columns = { ...axis, title: "Predicted class", labelAngle: longest > size - 8 ? -50 : 0 };
  const subtitle = `${countOf(total, "row")}; colour: share of each true class`;
  return plotSpec({ text: "Confusion matrix", subtitle }, sentence(data), {
    data: { values: cells.map((cell) => ({ ...cell, opacity: opacityOf(cell.share), text: labelOf(cell, size) })) },
    width: { step: size },
    height: { step: size },
    encoding: {
      x: { field: "predicted", ...byClass, axis: columns },
      y: { field: "actual", ...byClass, axis: { ...axis, title: "True class" } },
    },
    layer: [cellLayer, ...(size >= 26 ? textLayers(size) : [])],
  });
}

/** One hue of increasing opacity, so that the plot works on light and dark pages. */
const cellLayer: JsonObject = {
  mark: { type: "rect", fill: colours.heat, stroke: colours.domain, strokeWidth: 0.5 },
  encoding: { fillOpacity: { field: "opacity", type: "quantitative", scale: null } },
};

function textLayers(size: number): JsonObject[] {
  const fontSize = size >= 90 ? 20 : size >= 60 ? 14 : size >= 36 ? 12 : 10.5;
  const color = { condition: { test: "datum.share >= 0.5", value: "#ffffff" }, value: colours.ink };
  const counts = {
    mark: { type: "text", fontSize, fontWeight: 600, dy: size >= 60 ? -fontSize * 0.55 : 0 },
    encoding: { text: { field: "text", type: "nominal" }, color },
  };
  if (size < 60) return [counts];
  const shares = {
    mark: { type: "text", fontSize: Math.max(12, fontSize * 0.65), dy: fontSize * 0.75 },
    encoding: { text: { field: "share", type: "quantitative", format: ".0%" }, color },
  };
  return [counts, shares];
}

/** Empty cells of a large matrix stay blank, so that errors stand out; long counts are shortened. */
function labelOf({ count }: Cell, size: number): string {
  if (count === 0 && size < 60) return "";
  if (count < 1000 || textWidth(displayNumber(count), 12) <= size - 4) return displayNumber(count);
  return count >= 1e6 ? `${(count / 1e6).toPrecision(2)}M` : `${Math.round(count / 1000)}k`;
}

/** Skips opacities between 0.45 and 0.8, on which neither dark nor white text is readable. */
function opacityOf(share: number): number {
  return Math.round((share < 0.5 ? share * 0.9 : 0.8 + (share - 0.5) * 0.4) * 1000) / 1000;
}

function cellsOf(classes: readonly string[], matrix: readonly (readonly number[])[]) {
  return classes.flatMap((actual, i) => {
    const row = matrix[i] ?? [];
    const total = row.reduce((sum, count) => sum + count, 0);
    return classes.map((predicted, j) => {
      const count = row[j] ?? 0;
      return { actual, predicted, count, share: total === 0 ? 0 : count / total };
    });
  });
}

function mergeRareClasses({ classes, matrix }: ConfusionMatrixData): ConfusionMatrixData {
  if (classes.length <= MAXIMUM_CLASSES) return { classes, matrix };
  const support = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const ranked = support.map((_, i) => i).toSorted((a, b) => support[b]! - support[a]! || a - b);
  const kept = ranked.slice(0, MAXIMUM_CLASSES - 1).toSorted((a, b) => a - b);
  const place = classes.map((_, i) => (kept.includes(i) ? kept.indexOf(i) : kept.length));
  const small = Array.from({ length: MAXIMUM_CLASSES }, () => Array.from({ length: MAXIMUM_CLASSES }, () => 0));
  matrix.forEach((row, i) => row.forEach((count, j) => (small[place[i]!]![place[j]!]! += count)));
  return { classes: [...kept.map((i) => classes[i]!), `${classes.length - kept.length} rarer classes`], matrix: small };
}

function sentence({ classes, matrix }: ConfusionMatrixData): string {
  const cells = cellsOf(classes, matrix);
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const errors = cells.filter(({ actual, predicted, count }) => actual !== predicted && count > 0);
  const correct = total - errors.reduce((sum, { count }) => sum + count, 0);
  const [error] = errors.toSorted((a, b) => b.count - a.count);
  if (total === 0) return "There are no rows to show.";
  const summary = `${displayNumber(correct)} of ${countOf(total, "row")} (${percent(correct / total)}) are predicted correctly`;
  if (error === undefined) return `${summary}; there are no errors.`;
  const rows = `${countOf(error.count, "row")} of “${error.actual}” predicted as “${error.predicted}”`;
  return `${summary}. The most frequent error: ${rows}, ${percent(error.share)} of that class.`;
}
