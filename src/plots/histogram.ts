/** Histogram of several lists of numbers in the same bins. */

export interface Histogram {
  /** Ascending; one more than there are bins. */
  readonly edges: readonly number[];
  /** By list and bin; the shares of a list sum to 1, or are all 0 if it has no values. */
  readonly shares: readonly (readonly number[])[];
}

/** Values beyond these quantiles are counted in the outermost bins, because outliers would squeeze all others into one bin. */
const TAILS = [0.005, 0.995] as const;

export function binned(lists: readonly ArrayLike<number>[], bins: number): Histogram {
  const present = lists.map((list) => Float64Array.from(list).filter((value) => Number.isFinite(value)));
  const [low, high] = range(present);
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
  const shares = present.map((values) => {
    const counts = Array.from({ length: bins }, () => 0);
    for (const value of values) {
      const bin = Math.floor(((value - low) / (high - low)) * bins);
      counts[Math.min(bins - 1, Math.max(0, bin))]!++;
    }
    return counts.map((count) => count / Math.max(1, values.length));
  });
  return { edges, shares };
}

function range(lists: readonly Float64Array[]): [number, number] {
  const sorted = lists.filter(({ length }) => length > 0).map((list) => list.toSorted());
  if (sorted.length === 0) return [0, 1];
  const low = Math.min(...sorted.map((list) => at(list, TAILS[0])));
  const high = Math.max(...sorted.map((list) => at(list, TAILS[1])));
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))]!;
}
