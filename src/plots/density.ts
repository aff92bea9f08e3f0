/** Scatter plot: draws single points up to a maximum number, and counts in a grid above it. */
import type { JsonObject } from "../core/json.ts";
import { colours, dateFormat, xy } from "./theme.ts";

interface Plane {
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
    encoding: xy,
  };
}

const edge = ([low, high]: readonly [number, number], i: number): number => low + ((high - low) * i) / CELLS;

function gridLayer(plane: Plane): JsonObject {
  const counts = gridCounts(plane);
  const most = counts.reduce((largest, count) => Math.max(largest, count), 1);
  const values = Array.from(counts).flatMap((count, cell) => {
    if (count === 0) return [];
    const [column, row] = [cell % CELLS, Math.floor(cell / CELLS)];
    const [x, x2] = [edge(plane.xDomain, column), edge(plane.xDomain, column + 1)];
    const [y, y2] = [edge(plane.yDomain, row), edge(plane.yDomain, row + 1)];
    // The logarithm keeps cells with single rows visible.
    return [{ x, x2, y, y2, opacity: Math.round((0.12 + (0.88 * Math.log1p(count)) / Math.log1p(most)) * 100) / 100 }];
  });
  return {
    data: { values },
    mark: { type: "rect", fill: colours.heat, strokeWidth: 0 },
    encoding: {
      ...xy,
      x2: { field: "x2" },
      y2: { field: "y2" },
      fillOpacity: { field: "opacity", type: "quantitative", scale: null },
    },
  };
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

/** A scale that ends where its values end. */
export function scaleOf([low, high]: readonly [number, number]) {
  return { domain: [low, high], nice: false, zero: false };
}

/** An axis of numbers or dates that fill it. */
export function valueAxis(kind: "number" | "date", domain: readonly [number, number]): JsonObject {
  const axis = { grid: false, labelOverlap: true, tickCount: 4 };
  const scale = scaleOf(domain);
  return kind === "date"
    ? { type: "temporal", scale: { ...scale, type: "utc" }, axis: { ...axis, format: dateFormat(domain) } }
    : { type: "quantitative", scale, axis: { ...axis, ...axisLabels(domain) } };
}

/** Values beyond these quantiles are counted in the outermost bins, because outliers would squeeze all others into one bin. */
const TAILS = [0.005, 0.995] as const;

/** A histogram: one more edge than there are bins; the share of the present values by bin. */
export function binned(list: ArrayLike<number>, bins: number) {
  const values = Float64Array.from(list)
    .filter((value) => Number.isFinite(value))
    .toSorted();
  const [first, last] = TAILS.map((share) => values[Math.round(share * (values.length - 1))] ?? 0) as [number, number];
  const [low, high] = first < last ? [first, last] : [first - 0.5, last + 0.5];
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    counts[Math.min(bins - 1, Math.max(0, bin))]!++;
  }
  return { edges, shares: counts.map((count) => count / Math.max(1, values.length)) };
}
