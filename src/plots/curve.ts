/** Curves in the unit square (ROC, precision–recall), thinned so that a million rows draw as fast as a hundred. */
import type { JsonObject } from "../core/json.ts";
import { displayNumber } from "./displayNumber.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotWidth, series } from "./theme.ts";

export interface Curve {
  /** Class or model that the curve belongs to. */
  readonly label: string;
  /** In drawing order; empty if the curve is not drawn because there are many. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Area under the curve, as the metric computes it; null if undefined. */
  readonly area: number | null;
  /**
   * Position of its colour in the palette, so that a class has one colour in all plots of a report; null for the mean of all
   * classes. Absent: coloured by area in each plot.
   */
  readonly colour?: number | null;
}

/** Minimum distance between points: smaller steps are less than two pixels. */
const STEP = 1 / 300;

/** Keeps both ends, and points that are at least `step` apart. */
export function thinCurve(points: Curve["points"], step = STEP): Curve["points"] {
  const kept: (readonly [number, number])[] = [];
  points.forEach((point, i) => {
    const last = kept.at(-1);
    const far = last === undefined || Math.hypot(point[0] - last[0], point[1] - last[1]) >= step;
    if (far || i === points.length - 1) kept.push(point);
  });
  return kept;
}

/** The mean first, then the drawn curves by area, smallest first. */
export function curveLayer(curves: readonly Curve[], interpolate: string): JsonObject {
  const drawn = curves
    .filter(({ points }) => points.length > 0)
    .toSorted((a, b) => Number(b.colour === null) - Number(a.colour === null) || (a.area ?? -1) - (b.area ?? -1));
  const names = drawn.map(({ label, area }) => `${label} (${displayNumber(area)})`);
  const range = drawn.map(({ colour }, place) =>
    colour === null ? colours.ink : series[(colour ?? place) % series.length]!,
  );
  return {
    data: {
      values: drawn.flatMap(({ points }, line) =>
        thinCurve(points).map(([x, y], order) => ({ x, y, name: names[line]!, line, order })),
      ),
    },
    mark: { type: "line", strokeWidth: 2, interpolate, strokeJoin: "round" },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative" },
      detail: { field: "line", type: "nominal" },
      order: { field: "order", type: "quantitative" },
      color: {
        field: "name",
        type: "nominal",
        scale: { domain: names, range },
        legend: curves.length === 1 ? null : legendOf(names),
      },
    },
  };
}

/** Two columns of many short names, so that the legend is not taller than the plot. */
export function legendOf(names: readonly string[]): JsonObject {
  const isShort = names.every((name) => textWidth(name, 12) < plotWidth / 2 - 40);
  return { title: null, orient: "bottom", columns: isShort && names.length > 3 ? 2 : 1, symbolStrokeWidth: 3 };
}

/** "The 5 hardest of 26 classes and the mean of all are drawn. "; empty if all are. */
export function drawnText(curves: readonly Curve[]): string {
  const [classes, drawn] = [classesOf(curves), classesOf(curves).filter(({ points }) => points.length > 0)];
  if (drawn.length === classes.length) return "";
  return `The ${drawn.length} hardest of ${classes.length} classes and the mean of all are drawn. `;
}

function classesOf(curves: readonly Curve[]): readonly Curve[] {
  return curves.filter(({ colour }) => colour !== null);
}

/** The curves with the smallest and the largest area; undefined if no area is defined. */
export function extremes(curves: readonly Curve[]): readonly [worst: Curve, best: Curve] | undefined {
  const ordered = classesOf(curves)
    .filter(({ area }) => area !== null)
    .toSorted((a, b) => a.area! - b.area!);
  return ordered.length === 0 ? undefined : [ordered[0]!, ordered.at(-1)!];
}

/** The dimensions and axes of a square plot whose axes go from 0 to 1. */
export function unitSquare(x: string, y: string): JsonObject {
  return {
    width: plotWidth,
    height: plotWidth,
    encoding: {
      x: { ...unitAxis(x), field: "x", type: "quantitative" },
      y: { ...unitAxis(y), field: "y", type: "quantitative" },
    },
  };
}

/** An axis from 0 to 1. */
export function unitAxis(title: string): JsonObject {
  return { title, scale: { domain: [0, 1] }, axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], tickCount: 6, format: "~g" } };
}

/** The dashed line of a model without skill. */
export function ruleLayer(from: readonly [number, number], to: readonly [number, number]): JsonObject {
  return {
    data: { values: [from, to].map(([x, y]) => ({ x, y })) },
    mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1.5, color: colours.grey },
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
  };
}

/** Height of an ascending curve at `x`, with linear interpolation. */
export function heightAt(points: Curve["points"], x: number): number {
  const after = points.findIndex((point) => point[0] > x);
  const [a, b] = [points[after - 1], points[after]];
  if (a === undefined || b === undefined) return points.at(-1)?.[1] ?? NaN;
  return a[1] + ((x - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
}
