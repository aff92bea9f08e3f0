/** Drift of one column: its distribution in training compared with its current distribution. */
import { binned, valueAxis } from "./density.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { nameAxis } from "./namedBars.ts";
import { textWidth } from "./textWidth.ts";
import { colours, nominal, plotSpec, quantitative, type PlotSpec } from "./theme.ts";

interface NumberData {
  readonly name: string;
  readonly kind: "number" | "date";
  /** All values or a sample; dates as milliseconds since 1970 UTC. */
  readonly reference: ArrayLike<number>;
  readonly current: ArrayLike<number>;
}

interface CategoryData {
  readonly name: string;
  readonly kind: "category";
  /** Row counts by category. */
  readonly reference: readonly (readonly [category: string, count: number])[];
  readonly current: CategoryData["reference"];
}

const WIDTH = 250;
const BINS = 20;
const MAXIMUM_CATEGORIES = 6;
const SIDES = ["training", "current"];
const legend = {
  title: null,
  orient: "top",
  direction: "horizontal",
  symbolType: "square",
  symbolOpacity: 1,
  offset: 4,
};
const color = nominal("side", SIDES, [colours.grey, colours.accent], legend);

export function driftColumnPlot(data: NumberData | CategoryData): PlotSpec {
  return data.kind === "category" ? categories(data) : numbers(data);
}

function numbers(data: NumberData): PlotSpec {
  const { edges, shares } = binned([data.reference, data.current], BINS);
  // The outline of a histogram has two points for each bin.
  const rows = shares.flatMap((list, at) =>
    list.flatMap((share, bin) => [bin, bin + 1].map((edge) => ({ x: edges[edge]!, share, side: SIDES[at]! }))),
  );
  const x = { field: "x", title: data.name, ...valueAxis(data.kind, [edges[0]!, edges.at(-1)!]) };
  const y = quantitative("share", "Share of rows", { stack: null, axis: { format: "~%", tickCount: 3 } });
  return plotSpec({ text: data.name }, numberSentence(data), {
    data: { values: rows },
    width: WIDTH,
    height: 120,
    encoding: { x, y, color },
    layer: [
      { transform: [{ filter: "datum.side === 'training'" }], mark: { type: "area", opacity: 0.45 } },
      { transform: [{ filter: "datum.side === 'current'" }], mark: { type: "line", strokeWidth: 2 } },
    ],
  });
}

function categories(data: CategoryData): PlotSpec {
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
      color,
    },
  });
}

type CategoryShare = { readonly category: string; readonly side: string; readonly share: number };

/** The most frequent categories of both sides together; all others are merged. */
function categoryShares({ reference, current }: CategoryData): CategoryShare[] {
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

const median = (list: ArrayLike<number>): number =>
  Float64Array.from(list).toSorted()[Math.floor(list.length / 2)] ?? NaN;

function numberSentence({ name, kind, reference, current }: NumberData): string {
  const shown = (value: number): string =>
    Number.isNaN(value) ? "none" : kind === "date" ? new Date(value).toISOString().slice(0, 10) : displayNumber(value);
  return `Median of ${name}: ${shown(median(reference))} in training, ${shown(median(current))} now.`;
}

function categorySentence(rows: readonly CategoryShare[]): string {
  const before = rows.filter(({ side, category }) => side === "training" && !/^\d+ others$/.test(category));
  const changes = before.map(({ category, share }) => {
    const now = rows.find((row) => row.category === category && row.side === "current")!.share;
    return { category, share, now, change: Math.abs(now - share) };
  });
  const [largest] = changes.toSorted((a, b) => b.change - a.change);
  if (largest === undefined) return "There are no values to compare.";
  return `“${largest.category}” changed most: ${percent(largest.share)} in training, ${percent(largest.now)} now.`;
}
