/** Scatter plot: draws single points up to a maximum number, and counts in a grid above it. */
import type { JsonObject } from "../core/json.ts";
import { colours } from "./theme.ts";

export interface Plane {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
}

/** One point takes about 110 bytes of SVG: 800 points take less than 100 kB and overlap little. */
export const MAXIMUM_POINTS = 800;
const CELLS = 34;

/** The plot must set the scales of `x` and `y` to the domains. */
export function densityLayer(plane: Plane): JsonObject {
  return plane.x.length <= MAXIMUM_POINTS ? pointLayer(plane) : gridLayer(plane);
}

function pointLayer({ x, y }: Plane): JsonObject {
  const values = Array.from({ length: x.length }, (_, i) => ({ x: x[i]!, y: y[i]! }));
  return {
    data: { values: values.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)) },
    mark: { type: "circle", size: 26, color: colours.accent, opacity: values.length > 200 ? 0.45 : 0.65 },
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
  };
}

function gridLayer(plane: Plane): JsonObject {
  const counts = gridCounts(plane);
  const most = counts.reduce((largest, count) => Math.max(largest, count), 1);
  const values: JsonObject[] = [];
  counts.forEach((count, cell) => {
    const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
    if (count > 0) {
      values.push({
        x: edge(plane.xDomain, column),
        x2: edge(plane.xDomain, column + 1),
        y: edge(plane.yDomain, row),
        y2: edge(plane.yDomain, row + 1),
        // The logarithm keeps cells with single rows visible.
        opacity: Math.round((0.12 + (0.88 * Math.log1p(count)) / Math.log1p(most)) * 100) / 100,
      });
    }
  });
  return {
    data: { values },
    mark: { type: "rect", fill: colours.heat, strokeWidth: 0 },
    encoding: {
      x: { field: "x", type: "quantitative" },
      x2: { field: "x2" },
      y: { field: "y", type: "quantitative" },
      y2: { field: "y2" },
      fillOpacity: { field: "opacity", type: "quantitative", scale: null },
    },
  };
}

function edge([low, high]: readonly [number, number], i: number): number {
  return low + ((high - low) * i) / CELLS;
}

function gridCounts({ x, y, xDomain, yDomain }: Plane): Int32Array {
  const counts = new Int32Array(CELLS * CELLS);
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]!) && Number.isFinite(y[i]!)) {
      counts[cellOf(y[i]!, yDomain) * CELLS + cellOf(x[i]!, xDomain)]!++;
    }
  }
  return counts;
}

function cellOf(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(CELLS - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * CELLS)));
}

/** Minimum and maximum with a margin of 5 %; never empty. */
export function domainOf(...lists: readonly ArrayLike<number>[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  if (low > high) return [0, 1];
  const margin = (high - low) / 20 || Math.abs(low) / 20 || 1;
  return [low - margin, high + margin];
}

/** Axis labels: "25k" from ten thousand, plain below, scientific for very small values. */
export function axisLabels([low, high]: readonly [number, number]): JsonObject {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Vega gives all labels the unit of the largest: "0k".
  if (size >= 10_000) return { format: "~s", labelExpr: "datum.value === 0 ? '0' : datum.label" };
  return { format: size < 1e-3 && size > 0 ? "~e" : ",f" };
}
