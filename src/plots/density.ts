/** Scatter plot of at most a number of rows, and the scales and axes of plots. */
import type { JsonObject } from "../core/json.ts";
import { countOf } from "./displayNumber.ts";
import { colours, dateFormat, xy } from "./theme.ts";

/** One point takes about 110 bytes of SVG: 800 points take less than 100 kB and overlap little. */
const MAXIMUM_POINTS = 800;

/** The plot must set the scales of `x` and `y` to the domains. */
export function pointLayer(x: ArrayLike<number>, y: ArrayLike<number>): JsonObject {
  const rows = Array.from({ length: x.length }, (_, i) => i).filter(
    (i) => Number.isFinite(x[i]) && Number.isFinite(y[i]),
  );
  const count = Math.min(rows.length, MAXIMUM_POINTS);
  const values = Array.from({ length: count }, (_, place) => {
    const i = rows[Math.floor((place * rows.length) / count)]!;
    return { x: x[i]!, y: y[i]! };
  });
  return {
    data: { values },
    mark: { type: "circle", size: 26, color: colours.accent, opacity: values.length > 200 ? 0.45 : 0.65 },
    encoding: xy,
  };
}

/** "300 rows"; "5,000 rows, 800 of them drawn". */
export function drawnRows(count: number): string {
  return `${countOf(count, "row")}${count > MAXIMUM_POINTS ? `, ${MAXIMUM_POINTS} of them drawn` : ""}`;
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

/** Axis labels: "25k" from ten thousand, below plain, as a year is written, scientific for very small values. */
export function axisLabels([low, high]: readonly [number, number]): JsonObject {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Vega gives all labels the unit of the largest: "0k".
  if (size >= 10_000) return { format: "~s", labelExpr: "datum.value === 0 ? '0' : datum.label" };
  return { format: size < 1e-3 && size > 0 ? "~e" : "f" };
}

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
