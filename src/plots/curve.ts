/** Curves in the unit square (ROC, precision–recall), thinned so that a million rows draw as fast as a hundred. */
import type { JsonObject } from "../core/json.ts";
import { displayNumber } from "./displayNumber.ts";
import { colours, plotWidth, series } from "./theme.ts";

export interface Curve {
  /** Class or model that the curve belongs to. */
  readonly label: string;
  /** In drawing order; empty if the curve is not drawn because there are many. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Area under the curve, as the metric computes it; null if undefined. */
  readonly area: number | null;
  /**
   * Position of its colour in the palette, so that a class has one colour in all plots of a report; null for grey.
   * Absent: coloured by area in each plot.
   */
  readonly colour?: number | null;
}

/** Minimum distance between points: smaller steps are less than two pixels. */
const STEP = 1 / 300;

/** More colours are hard to distinguish, and the legend becomes unreadable. */
export const MAXIMUM_COLOURED = 6;

/** Grey curves are only a backdrop: more of them add bytes, but no information. */
export const MAXIMUM_GREY = 20;

/** Keeps both ends, and points that are at least STEP apart. */
export function thinCurve(points: Curve["points"]): Curve["points"] {
  const kept: (readonly [number, number])[] = [];
  points.forEach((point, i) => {
    const last = kept.at(-1);
    const far = last === undefined || Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP;
    if (far || i === points.length - 1) kept.push(point);
  });
  return kept;
}

/** Curves sorted by area, smallest first. With many classes only some are coloured: the worst, if nothing else is given. */
export function curveLayer(curves: readonly Curve[], interpolate: string): JsonObject {
  const worstFirst = curves.toSorted((a, b) => (a.area ?? -1) - (b.area ?? -1));
  const colourOf = (curve: Curve, place: number): number | null =>
    curve.colour === undefined ? (place < MAXIMUM_COLOURED ? place : null) : curve.colour;
  const coloured = worstFirst.filter((curve, i) => colourOf(curve, i) !== null);
  const rest = worstFirst.filter((curve, i) => colourOf(curve, i) === null);
  const names = coloured.map((curve) => `${curve.label} (${displayNumber(curve.area)})`);
  const drawn = rest.filter(({ points }) => points.length > 0).slice(0, MAXIMUM_GREY);
  const restName = `${rest.length} other classes (${rangeOf(rest)}${drawn.length < rest.length ? `, ${drawn.length} drawn` : ""})`;
  const rows = [
    ...drawn.flatMap((curve, i) => rowsOf(curve, restName, `rest${i}`)),
    ...coloured.flatMap((curve, i) => rowsOf(curve, names[i]!, `coloured${i}`)),
  ];
  const domain = rest.length > 0 ? [...names, restName] : names;
  const range = [
    ...coloured.map((curve, i) => series[colourOf(curve, i)! % series.length]!),
    ...(rest.length > 0 ? [colours.domain] : []),
  ];
  const alone = curves.length === 1;
  return {
    data: { values: rows },
    mark: { type: "line", strokeWidth: 2, interpolate, strokeJoin: "round" },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative" },
      detail: { field: "line", type: "nominal" },
      order: { field: "order", type: "quantitative" },
      color: {
        field: "name",
        type: "nominal",
        scale: { domain, range },
        legend: alone ? null : { title: null, orient: "bottom", columns: 1, symbolStrokeWidth: 3 },
      },
    },
  };
}

/** "0.91", "0.91 to 0.99": the areas of curves that are sorted by area. */
function rangeOf(sorted: readonly Curve[]): string {
  const [low, high] = [sorted[0], sorted.at(-1)].map((curve) => displayNumber(curve?.area)) as [string, string];
  return low === high ? low : `${low} to ${high}`;
}

function rowsOf(curve: Curve, name: string, line: string): JsonObject[] {
  return thinCurve(curve.points).map(([x, y], order) => ({ x, y, name, line, order }));
}

/** "20 of 200 classes are drawn. "; empty if all are. */
export function drawnText(curves: readonly Curve[]): string {
  const drawn = curves.filter(({ points }) => points.length > 0).length;
  return drawn === curves.length ? "" : `${drawn} of ${curves.length} classes are drawn. `;
}

/** The curves with the smallest and the largest area; undefined if no area is defined. */
export function extremes(curves: readonly Curve[]): readonly [worst: Curve, best: Curve] | undefined {
  const ordered = curves.filter(({ area }) => area !== null).toSorted((a, b) => a.area! - b.area!);
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
