/** Confusion matrix: which classes are taken for which. */
import type { JsonObject } from "../core/json.ts";
import { countOf, figure, percent } from "./figures.ts";
import { textWidth } from "./textWidth.ts";
import type { PlotSpec } from "./theme.ts";
import { colours, plotSpec } from "./theme.ts";

export interface ConfusionMatrixData {
  readonly classes: readonly string[];
  /** Rows by true class (first index) and predicted class. */
  readonly matrix: readonly (readonly number[])[];
}

interface Cell {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Of the rows of the true class. */
  readonly share: number;
}

/** With more, the rarest classes are put together: a cell would be too small to see. */
const MOST_CLASSES = 30;

export function confusionMatrixPlot(data: ConfusionMatrixData): PlotSpec {
  const { classes, matrix } = gathered(data);
  const cells = cellsOf(classes, matrix);
  const size = Math.max(16, Math.min(120, Math.floor(420 / classes.length)));
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const longest = Math.max(...classes.map((name) => textWidth(name, 12)));
  const axis = { domain: false, ticks: false, labelLimit: 180, labelColor: colours.ink };
  return plotSpec(
    { text: "Confusion matrix", subtitle: `${countOf(total, "row")}; colour: share of each true class` },
    sentence(data),
    {
      data: { values: cells.map((cell) => drawn(cell, size)) },
      width: { step: size },
      height: { step: size },
      encoding: {
        x: {
          field: "predicted",
          type: "nominal",
          sort: null,
          scale: { domain: [...classes], padding: 0 },
          axis: { ...axis, title: "Predicted class", labelAngle: longest > size - 8 ? -50 : 0 },
        },
        y: {
          field: "actual",
          type: "nominal",
          sort: null,
          scale: { domain: [...classes], padding: 0 },
          axis: { ...axis, title: "True class" },
        },
      },
      layer: [...cellLayers(), ...(size >= 26 ? textLayers(size) : [])],
    },
  );
}

/** One hue from clear to full, so that the plot works on white and on black. */
function cellLayers(): JsonObject[] {
  const opacity = { field: "opacity", type: "quantitative", scale: null };
  return [
    {
      mark: { type: "rect", fill: colours.heat, stroke: colours.domain, strokeWidth: 0.5 },
      encoding: { fillOpacity: opacity },
    },
  ];
}

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

function drawn(cell: Cell, size: number): JsonObject {
  return { ...cell, opacity: opacityOf(cell.share), text: labelOf(cell, size) };
}

/** Empty cells of a large matrix stay blank, so that the mistakes stand out; long counts are shortened. */
function labelOf(cell: Cell, size: number): string {
  if (cell.count === 0 && size < 60) return "";
  return textWidth(figure(cell.count), 12) <= size - 4 ? figure(cell.count) : compact(cell.count);
}

function compact(count: number): string {
  return count >= 1e6
    ? `${(count / 1e6).toPrecision(2)}M`
    : count >= 1000
      ? `${Math.round(count / 1000)}k`
      : String(count);
}

/** Between 0.5 and 0.8 neither dark nor white text is readable: the scale leaps over it. */
function opacityOf(share: number): number {
  const opacity = share < 0.5 ? share * 0.9 : 0.8 + (share - 0.5) * 0.4;
  return Math.round(opacity * 1000) / 1000;
}

function cellsOf(classes: readonly string[], matrix: readonly (readonly number[])[]): Cell[] {
  return classes.flatMap((actual, i) => {
    const row = matrix[i] ?? [];
    const total = row.reduce((sum, count) => sum + count, 0);
    return classes.map((predicted, j) => {
      const count = row[j] ?? 0;
      return { actual, predicted, count, share: total === 0 ? 0 : count / total };
    });
  });
}

/** The most frequent true classes, and all others as one. */
function gathered({ classes, matrix }: ConfusionMatrixData): ConfusionMatrixData {
  if (classes.length <= MOST_CLASSES) return { classes, matrix };
  const support = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const ranked = support.map((_, i) => i).toSorted((a, b) => support[b]! - support[a]! || a - b);
  const kept = ranked.slice(0, MOST_CLASSES - 1).toSorted((a, b) => a - b);
  const place = classes.map((_, i) => (kept.includes(i) ? kept.indexOf(i) : kept.length));
  const small = Array.from({ length: MOST_CLASSES }, () => Array.from({ length: MOST_CLASSES }, () => 0));
  matrix.forEach((row, i) => row.forEach((count, j) => (small[place[i]!]![place[j]!]! += count)));
  return { classes: [...kept.map((i) => classes[i]!), `${classes.length - kept.length} rarer classes`], matrix: small };
}

function sentence({ classes, matrix }: ConfusionMatrixData): string {
  const cells = cellsOf(classes, matrix);
  const total = cells.reduce((sum, cell) => sum + cell.count, 0);
  const right = cells
    .filter(({ actual, predicted }) => actual === predicted)
    .reduce((sum, { count }) => sum + count, 0);
  const mistake = cells
    .filter((cell) => cell.actual !== cell.predicted && cell.count > 0)
    .toSorted((a, b) => b.count - a.count)[0];
  if (total === 0) return "There is no row to show.";
  const told = `${figure(right)} of ${countOf(total, "row")} (${percent(right / total)}) are told rightly`;
  if (mistake === undefined) return `${told}: there is no mistake.`;
  const rows = `${countOf(mistake.count, "row")} of “${mistake.actual}” predicted as “${mistake.predicted}”`;
  return `${told}. The most frequent mistake: ${rows}, ${percent(mistake.share)} of that class.`;
}
