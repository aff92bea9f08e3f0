/** Small histograms of a column in the reference and in the window, so that pages can draw them without the rows. */
import type { ColumnDistribution, MonitorDistribution } from "../core/records/monitoring.ts";
import type { ColumnReference, Reference } from "../core/records/model.ts";
import { selectValues, type Column } from "../core/table/table.ts";
import { evenRows } from "../stats/samplePositions.ts";
import { finiteValues, quantileSorted, quantilesOf } from "../stats/descriptive.ts";

const BINS = 24;
const MAXIMUM_CATEGORIES = 12;
/** Larger windows are sampled evenly: shares are then off by 0.5 percentage points at most. */
const MAXIMUM_ROWS = 50_000;
/** Quantiles at which the bins begin and end; the outermost bins hold the outliers, which would squeeze the others. */
const [LOW, HIGH] = [0.005, 0.995];

export function distributionOf(
  reference: Reference,
  columns: readonly Column[],
  target: Column | null,
): MonitorDistribution {
  const distributions = columns.flatMap((column) => {
    const before = column.name === "prediction" ? reference.prediction : reference.columns[column.name];
    const distribution = before ? columnDistribution(before, column) : null;
    return distribution === null ? [] : [[column.name, distribution] as const];
  });
  return {
    columns: Object.fromEntries(distributions),
    target: target === null || reference.target === undefined ? null : columnDistribution(reference.target, target),
  };
}

/** Null if the kinds differ or one side has no values. */
export function columnDistribution(reference: ColumnReference, column: Column): ColumnDistribution | null {
  if (reference.kind === "category" || column.kind === "category") {
    return reference.kind === "category" && column.kind === "category" ? categories(reference, column) : null;
  }
  return reference.kind === column.kind ? numbers(column.kind, reference.sample, column.values) : null;
}

function numbers(kind: "number" | "date", sample: readonly number[], values: Float64Array): ColumnDistribution | null {
  const present = finiteValues(selectValues(values, evenRows(values.length, MAXIMUM_ROWS)));
  if (present.length === 0 || sample.length === 0) return null;
  const before = Float64Array.from(sample);
  const [lowest, highest] = quantilesOf(present, [LOW, HIGH]) as [number, number];
  const low = Math.min(quantileSorted(before, LOW), lowest);
  const high = Math.max(quantileSorted(before, HIGH), highest);
  // Bins of whole numbers hold equally many of them, or the chart looks like a comb.
  const isWhole = kind === "number" && [before, present].every((list) => list.every(Number.isInteger));
  const width = isWhole ? Math.ceil((high - low + 1) / BINS) : high > low ? (high - low) / BINS : 1;
  const bins = isWhole ? Math.ceil((Math.floor(high) - Math.floor(low) + 1) / width) : BINS;
  const start = isWhole ? Math.floor(low) : high > low ? low : low - BINS / 2;
  const edges = Array.from({ length: bins + 1 }, (_, i) => Number((start + i * width).toPrecision(8)));
  const shares = (list: Float64Array): number[] => {
    const counts = Array.from({ length: bins }, () => 0);
    for (let i = 0; i < list.length; i++)
      counts[Math.min(bins - 1, Math.max(0, Math.floor((list[i]! - start) / width)))]!++;
    return counts.map((count) => rounded(count / list.length));
  };
  return { kind, edges, reference: shares(before), current: shares(present) };
}

function categories(
  { counts }: ColumnReference & { kind: "category" },
  column: Column & { kind: "category" },
): ColumnDistribution | null {
  const rows = new Float64Array(column.categories.length);
  for (const row of evenRows(column.codes.length, MAXIMUM_ROWS)) {
    const code = column.codes[row]!;
    if (code >= 0) rows[code]!++;
  }
  const now = sharesOf(column.categories.map((name, code) => [name, rows[code]!] as const));
  const before = sharesOf(counts);
  if (now.size === 0 || before.size === 0) return null;
  const weight = (name: string): number => (before.get(name) ?? 0) + (now.get(name) ?? 0);
  const byWeight = (a: string, b: string): number => weight(b) - weight(a) || (a < b ? -1 : 1);
  const ranked = [...new Set([...before.keys(), ...now.keys()])].toSorted(byWeight);
  const names = ranked.slice(0, ranked.length > MAXIMUM_CATEGORIES ? MAXIMUM_CATEGORIES - 1 : MAXIMUM_CATEGORIES);
  const others = ranked.length - names.length;
  const shares = (side: ReadonlyMap<string, number>): number[] => {
    const shown = names.map((name) => side.get(name) ?? 0);
    return (others === 0 ? shown : [...shown, 1 - shown.reduce((sum, share) => sum + share, 0)]).map(rounded);
  };
  return { kind: "category", names, others, reference: shares(before), current: shares(now) };
}

function sharesOf(counts: readonly (readonly [string, number])[]): Map<string, number> {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return new Map(counts.flatMap(([name, count]) => (count > 0 ? [[name, count / total]] : [])));
}

function rounded(share: number): number {
  return Math.max(0, Math.round(share * 1e4) / 1e4);
}
