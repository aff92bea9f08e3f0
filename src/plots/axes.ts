/** Scales, axes and legends that plots share. */
import type { JsonObject } from "../core/json.ts";
import { MILLISECONDS_A_DAY } from "../core/text/format.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotWidth } from "./theme.ts";

type Domain = readonly [low: number, high: number];

/** The encoding of a number by position or length. @param more scale and axis; may have another title */
export function quantitative(field: string, title: string | null, more: JsonObject = {}): JsonObject {
  return { field, type: "quantitative", title, ...more };
}

/** Position by the fields x and y, with the scales and axes of the plot. */
export const xy = { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } };

export function nominal(field: string, domain: readonly string[], range: readonly string[], legend: JsonObject | null) {
  return { field, type: "nominal", scale: { domain: [...domain], range: [...range] }, legend };
}

/** Minimum and maximum with a margin of 5 %; never empty. */
export function domainOf(...lists: readonly ArrayLike<number>[]): Domain {
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

export function scaleOf([low, high]: Domain) {
  return { domain: [low, high], nice: false, zero: false };
}

/** Axis labels: "25k" from ten thousand, below plain, as a year is written, scientific for very small values. */
export function axisLabels([low, high]: Domain): JsonObject {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Vega gives all labels the unit of the largest: "0k".
  if (size >= 10_000) return { format: "~s", labelExpr: "datum.value === 0 ? '0' : datum.label" };
  return { format: size < 1e-3 && size > 0 ? "~e" : "f" };
}

/** Numbers on a scale that they fill. */
export function numberAxis(field: string, title: string | null, domain: Domain, axis: JsonObject = {}): JsonObject {
  return quantitative(field, title, { scale: scaleOf(domain), axis: { ...axis, ...axisLabels(domain) } });
}

/** Numbers or dates without grid lines on a scale that they fill. */
export function valueAxis(field: string, kind: "number" | "date", domain: Domain): JsonObject {
  const axis = { grid: false, tickCount: 4 };
  if (kind === "number") return numberAxis(field, null, domain, axis);
  const format = domain[1] - domain[0] > 92 * MILLISECONDS_A_DAY ? "%b %Y" : "%d %b";
  const scale = { ...scaleOf(domain), type: "utc" };
  return { field, type: "temporal", title: null, scale, axis: { ...axis, format } };
}

export function unitAxis(title: string): JsonObject {
  return { title, scale: { domain: [0, 1] }, axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1], tickCount: 6, format: "~g" } };
}

/** Names in their order, without line or ticks. */
export function nameAxis(
  field: string,
  names: readonly string[],
  labelLimit: number,
  scale: JsonObject = {},
): JsonObject {
  const axis = { title: null, labelLimit, labelColor: colours.ink, ticks: false, domain: false };
  return { field, type: "nominal", sort: null, scale: { domain: [...names], ...scale }, axis };
}

/** Width of the longest name on an axis, in px. */
export function labelsWidth(names: readonly string[], labelLimit: number): number {
  return Math.min(labelLimit, Math.max(0, ...names.map((name) => textWidth(name, 12))));
}

/** Two columns of many short names, so that the legend is not taller than the plot. */
export function legendOf(names: readonly string[]): JsonObject {
  const isShort = names.every((name) => textWidth(name, 12) < plotWidth / 2 - 40);
  return { title: null, orient: "bottom", columns: isShort && names.length > 3 ? 2 : 1, symbolStrokeWidth: 3 };
}
