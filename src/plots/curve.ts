/** Curve: a line through the unit square, thinned so that a million rows draw as fast as a hundred. */
import type { JsonObject } from "../core/json.ts";
import { figure } from "./figures.ts";
import { colours, series } from "./theme.ts";

export interface Curve {
  /** Class or model that the curve stands for. */
  readonly label: string;
  /** In drawing order. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Area under it, as the metric has it; null where undefined. */
  readonly area: number | null;
}

/** Steps below a 300th of the axis are less than two pixels. */
const STEP = 1 / 300;

/** More colours than this cannot be told apart, nor a legend be read. */
const COLOURED = 5;

/** Grey curves are a backdrop: more of them add ink and bytes, not knowledge. */
const MOST_GREY = 20;

/** Keeps the ends and one point a step along the way. */
export function thinCurve(points: Curve["points"]): Curve["points"] {
  const kept: (readonly [number, number])[] = [];
  points.forEach((point, i) => {
    const last = kept.at(-1);
    const far = last === undefined || Math.hypot(point[0] - last[0], point[1] - last[1]) >= STEP;
    if (far || i === points.length - 1) kept.push(point);
  });
  return kept;
}

/** Curves in order of area, worst first; with many classes the easy ones turn grey, since the worst are looked for. */
export function curveLayers(curves: readonly Curve[], interpolate: string): JsonObject[] {
  const worstFirst = curves.toSorted((a, b) => (a.area ?? -1) - (b.area ?? -1));
  const coloured = curves.length <= COLOURED + 1 ? worstFirst : worstFirst.slice(0, COLOURED);
  const rest = worstFirst.slice(coloured.length);
  const names = coloured.map((curve) => `${curve.label} (${figure(curve.area)})`);
  const drawn = rest.filter((_, i) => i % Math.ceil(rest.length / MOST_GREY) === 0);
  const share = drawn.length < rest.length ? `, ${drawn.length} drawn` : "";
  const restName = `${rest.length} other classes (${figure(rest[0]?.area)} or more${share})`;
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

/** Axes of the unit square. */
export function unitAxis(title: string): JsonObject {
  return { title, scale: { domain: [0, 1] }, axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], tickCount: 6, format: "~g" } };
}

/** The line that a model without skill draws. */
export function ruleLayer(from: readonly [number, number], to: readonly [number, number]): JsonObject {
  return {
    data: { values: [from, to].map(([x, y]) => ({ x, y })) },
    mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1.5, color: colours.grey },
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
  };
}
