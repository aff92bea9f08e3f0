/** ThresholdRanks: numbers as their places among the thresholds of all trees, so that comparisons are those of integers. */
import type { Matrix } from "../../../core/table/table.ts";
import type { Tree } from "../ensemble.ts";

/** Buckets between the smallest and the largest threshold of a feature; few buckets hold more than one threshold. */
const BUCKETS = 2048;

type Cuts = ReturnType<typeof cutsOf>;

/** Plain data, which threads can be sent. */
export interface ThresholdRanks {
  /** Number of features, up to the last one that a tree tests. */
  readonly width: number;
  /** Position of the rank in a node's word, in bits. */
  readonly shift: number;
  readonly featureMask: number;
  /** The word of a leaf: its rank is above that of every value. */
  readonly leaf: number;
  /** Of each feature. */
  readonly cuts: readonly Cuts[];
}

/** @returns undefined if feature and rank do not fit into 31 bits */
export function thresholdRanks(trees: readonly Tree[]): ThresholdRanks | undefined {
  const thresholds = thresholdsByFeature(trees);
  const width = thresholds.length;
  const featureBits = Math.max(1, 32 - Math.clz32(width - 1));
  if (thresholds.some((set) => set.size + 1 >= 2 ** (30 - featureBits))) return undefined;
  const shift = featureBits + 1;
  return {
    width,
    shift,
    featureMask: 2 ** featureBits - 1,
    leaf: (2 ** (30 - featureBits) - 1) << shift,
    cuts: thresholds.map(cutsOf),
  };
}

/** @returns the number of thresholds of the feature below `threshold`, which is one of them */
export function rankFinder({ cuts }: ThresholdRanks): (feature: number, threshold: number) => number {
  const maps = cuts.map(({ sorted }) => new Map(Array.from(sorted, (threshold, rank) => [threshold, rank])));
  return (feature, threshold) => maps[feature]!.get(Math.fround(threshold))!;
}

/**
 * For each row and feature the number of thresholds ≤ its float32 value, shifted; −1 if missing. Row-major
 * (count × width).
 */
export function fillRanks(
  { cuts, width, shift }: ThresholdRanks,
  X: Matrix,
  { start, count, into }: { readonly start: number; readonly count: number; readonly into: Int32Array },
): void {
  const columns = X.columnNames.length;
  const values = X.values.subarray(start * columns, (start + count) * columns);
  cuts.forEach((cut, feature) => {
    if (cut.sorted.length > 0) rankColumn(cut, { values, columns, feature, width, shift, into });
  });
}

function thresholdsByFeature(trees: readonly Tree[]): Set<number>[] {
  const thresholds: Set<number>[] = [new Set()];
  for (const { feature: features, value } of trees) {
    features.forEach((feature, node) => {
      if (feature < 0) return;
      while (thresholds.length <= feature) thresholds.push(new Set());
      thresholds[feature]!.add(Math.fround(value[node]!));
    });
  }
  return thresholds;
}

/** `before`: thresholds in the buckets before each bucket, (BUCKETS + 2). */
function cutsOf(thresholds: ReadonlySet<number>) {
  const sorted = Float32Array.from(thresholds).toSorted();
  const range = sorted.length < 2 ? 0 : sorted.at(-1)! - sorted[0]!;
  const scale = range > 0 ? BUCKETS / range : 0;
  const before = new Int32Array(BUCKETS + 2);
  for (const threshold of sorted) before[bucketOf((threshold - sorted[0]!) * scale) + 1]!++;
  for (let bucket = 1; bucket < before.length; bucket++) before[bucket]! += before[bucket - 1]!;
  return { sorted, scale, before };
}

function rankColumn(
  { sorted, scale, before }: Cuts,
  to: { values: Matrix["values"]; columns: number; feature: number; width: number; shift: number; into: Int32Array },
): void {
  const { values, columns, feature, width, shift, into } = to;
  const smallest = sorted[0]!;
  for (let at = feature, rankAt = feature; at < values.length; at += columns, rankAt += width) {
    const value = Math.fround(values[at]!);
    if (value !== value) {
      into[rankAt] = -1;
      continue;
    }
    const bucket = bucketOf((value - smallest) * scale);
    const end = before[bucket + 1]!;
    let rank = before[bucket]!;
    while (rank < end && sorted[rank]! <= value) rank++;
    into[rankAt] = rank << shift;
  }
}

/** Monotone in the value, so ranks are exact despite rounding. */
function bucketOf(position: number): number {
  return position > 0 ? (position < BUCKETS ? Math.trunc(position) : BUCKETS) : 0;
}
