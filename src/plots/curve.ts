/** Curves in the unit square (ROC, precision–recall), thinned so that a million rows draw as fast as a hundred. */
import type { JsonObject } from "../core/json.ts";
import { displayNumber } from "./displayNumber.ts";
import { colours, plotWidth, series } from "./theme.ts";

export interface Curve {
  /** Class or model that the curve belongs to. */
  readonly label: string;
  /** In drawing order. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Area under the curve, as the metric computes it; null if undefined. */
  readonly area: number | null;
}

/** Minimum distance between points: smaller steps are less than two pixels. */
const STEP = 1 / 300;

/** More colours are hard to distinguish, and the legend becomes unreadable. */
const MAXIMUM_COLOURED = 5;

/** Grey curves are only a backdrop: more of them add bytes, but no information. */
const MAXIMUM_GREY = 20;

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

/** Curves sorted by area, smallest first. With many classes only the worst are coloured, because they matter most. */
export function curveLayers(curves: readonly Curve[], interpolate: string): JsonObject[] {
  const worstFirst = curves.toSorted((a, b) => (a.area ?? -1) - (b.area ?? -1));
  const coloured = curves.length <= MAXIMUM_COLOURED + 1 ? worstFirst : worstFirst.slice(0, MAXIMUM_COLOURED);
  const rest = worstFirst.slice(coloured.length);
  const names = coloured.map((curve) => `${curve.label} (${displayNumber(curve.area)})`);
  const drawn = rest.filter((_, i) => i % Math.ceil(rest.length / MAXIMUM_GREY) === 0);
  const share = drawn.length < rest.length ? `, ${drawn.length} drawn` : "";
  const restName = `${rest.length} other classes (${displayNumber(rest[0]?.area)} or more${share})`;
  const rows = [
    ...drawn.flatMap((curve, i) => rowsOf(curve, restName, `rest${i}`)),
    ...coloured.flatMap((curve, i) => rowsOf(curve, names[i]!, `coloured${i}`)),
  ];
  const domain = rest.length > 0 ? [...names, restName] : names;
  const range = domain.map((name, i) => (name === restName ? colours.domain : series[i % series.length]!));
  const alone = curves.length === 1;
  return [
    {
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
    },
  ];
}

function rowsOf(
  curve: Curve,
  name: string,
  line: string,
): { x: number; y: number; name: string; line: string; order: number }[] {
  return thinCurve(curve.points).map(([x, y], order) => ({ x, y, name, line, order }));
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
