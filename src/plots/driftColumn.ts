/** Drift of one column: its distribution in training compared with its current distribution. */
import type { JsonObject } from "../core/json.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import { axisLabels } from "./density.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { nameAxis } from "./namedBars.ts";
import { binned } from "./histogram.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotSpec, quantitative, type PlotSpec } from "./theme.ts";

export type DriftColumnData =
  | {
      readonly name: string;
      readonly kind: "number" | "date";
      /** All values or a sample; dates as milliseconds since 1970 UTC. */
      readonly reference: ArrayLike<number>;
      readonly current: ArrayLike<number>;
    }
  | {
      readonly name: string;
      readonly kind: "category";
      /** Row counts by category. */
      readonly reference: readonly (readonly [category: string, count: number])[];
      readonly current: readonly (readonly [category: string, count: number])[];
    };

const WIDTH = 250;
const BINS = 20;
const MAXIMUM_CATEGORIES = 6;
const SIDES = ["training", "current"];
const colour = {
  field: "side",
  type: "nominal",
  scale: { domain: SIDES, range: [colours.grey, colours.accent] },
  legend: { title: null, orient: "top", direction: "horizontal", symbolType: "square", symbolOpacity: 1, offset: 4 },
};

export function driftColumnPlot(data: DriftColumnData): PlotSpec {
  return data.kind === "category" ? categories(data) : numbers(data);
}

function numbers(data: DriftColumnData & { kind: "number" | "date" }): PlotSpec {
  const { edges, shares } = binned([data.reference, data.current], BINS);
  const rows = shares.flatMap((list, side) => outline(edges, list, SIDES[side]!));
  const domain = [edges[0]!, edges.at(-1)!] as const;
  const axis = { grid: false, labelOverlap: true, tickCount: 4 };
  const scale = { domain: [...domain], nice: false, zero: false };
  const x: JsonObject =
    data.kind === "date"
      ? { type: "temporal", scale: { ...scale, type: "utc" }, axis: { ...axis, format: dateFormat(domain) } }
      : { type: "quantitative", scale, axis: { ...axis, ...axisLabels(domain) } };
  const y = quantitative("share", "Share of rows", { stack: null, axis: { format: "~%", tickCount: 3 } });
  return plotSpec({ text: data.name }, numberSentence(data), {
    data: { values: rows },
    width: WIDTH,
    height: 120,
    encoding: { x: { field: "x", title: data.name, ...x }, y, color: colour },
    layer: [
      { transform: [{ filter: "datum.side === 'training'" }], mark: { type: "area", opacity: 0.45 } },
      { transform: [{ filter: "datum.side === 'current'" }], mark: { type: "line", strokeWidth: 2 } },
    ],
  });
}

/** d3 time format: months for ranges above 92 days, days below. */
export function dateFormat([from, to]: readonly [number, number]): string {
  return to - from > 92 * MILLISECONDS_A_DAY ? "%b %Y" : "%d %b";
}

/** The outline of a histogram: two points for each bin. */
function outline(edges: readonly number[], shares: readonly number[], side: string): JsonObject[] {
  return shares.flatMap((share, bin) => [
    { x: edges[bin]!, share, side },
    { x: edges[bin + 1]!, share, side },
  ]);
}

function categories(data: DriftColumnData & { kind: "category" }): PlotSpec {
  const rows = categoryShares(data);
  const names = [...new Set(rows.map(({ category }) => category))];
  const labels = Math.min(110, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  return plotSpec({ text: data.name }, categorySentence(rows), {
    data: { values: rows },
    width: WIDTH + 30 - labels,
    height: { step: 11 },
    mark: { type: "bar", cornerRadiusEnd: 1 },
    encoding: {
      y: nameAxis("category", names, { labelLimit: 110, paddingInner: 0.25 }),
      yOffset: { field: "side", scale: { domain: SIDES } },
      x: quantitative("share", "Share of rows", { axis: { format: "~%", tickCount: 3, labelFlush: false } }),
      color: colour,
    },
  });
}

type CategoryShare = {
  readonly category: string;
  readonly side: string;
  readonly share: number;
};

/** The most frequent categories of both sides together; all others are merged. */
function categoryShares({ reference, current }: DriftColumnData & { kind: "category" }): CategoryShare[] {
  const sides = [shareByName(reference), shareByName(current)];
  const names = [...new Set(sides.flatMap((side) => [...side.keys()]))];
  const weight = (name: string): number => sides.reduce((sum, side) => sum + (side.get(name) ?? 0), 0);
  const ranked = names.toSorted((a, b) => weight(b) - weight(a));
  const kept = ranked.length <= MAXIMUM_CATEGORIES ? ranked : ranked.slice(0, MAXIMUM_CATEGORIES - 1);
  const rest = ranked.slice(kept.length);
  const groups = kept.map((name) => ({ label: name, names: [name] }));
  if (rest.length > 0) groups.push({ label: `${rest.length} others`, names: rest });
  return groups.flatMap((group) =>
    sides.map((side, i) => ({
      category: group.label,
      side: SIDES[i]!,
      share: group.names.reduce((sum, name) => sum + (side.get(name) ?? 0), 0),
    })),
  );
}

function shareByName(counts: readonly (readonly [string, number])[]): Map<string, number> {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return new Map(counts.map(([name, count]) => [name, total === 0 ? 0 : count / total]));
}

function numberSentence({ name, kind, reference, current }: DriftColumnData & { kind: "number" | "date" }): string {
  const shown = (value: number): string =>
    Number.isNaN(value) ? "none" : kind === "date" ? new Date(value).toISOString().slice(0, 10) : displayNumber(value);
  return `Median of ${name}: ${shown(median(reference))} in training, ${shown(median(current))} now.`;
}

function median(list: ArrayLike<number>): number {
  return Float64Array.from(list).toSorted()[Math.floor(list.length / 2)] ?? NaN;
}

function categorySentence(rows: readonly CategoryShare[]): string {
  const changes = rows
    .filter(({ side, category }) => side === "training" && !/^\d+ others$/.test(category))
    .map(({ category, share }) => ({
      category,
      before: share,
      now: rows.find((row) => row.category === category && row.side === "current")!.share,
    }))
    .toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  const [largest] = changes;
  if (largest === undefined) return "There are no values to compare.";
  return `“${largest.category}” changed most: ${percent(largest.before)} in training, ${percent(largest.now)} now.`;
}
