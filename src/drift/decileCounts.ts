/** Rows by decile of the reference: numbers as counts, for tests that compare shares. */
/** A value passes a cut if it lies above it, or on it for an inclusive one. */
interface Cut {
  readonly at: number;
  readonly inclusive: boolean;
}

/**
 * Cuts both sides at the deciles of `reference`. A value on which several deciles fall (the zeros of a column that is
 * mostly zero, each value of a 0/1 column) is a bin of its own, so that a move away from it shows in both directions.
 *
 * @param reference (n_reference), at least one value, without NaN
 * @param current   (n_current), without NaN
 * @returns rows by bin of both, ten bins for a column without ties
 */
export function decileCounts(
  reference: Float64Array,
  current: Float64Array,
): { readonly reference: Float64Array; readonly current: Float64Array } {
  const cuts = cutsOf(reference.toSorted());
  return { reference: countBins(reference, cuts), current: countBins(current, cuts) };
}

function cutsOf(sorted: Float64Array): Cut[] {
  // Values that occur, not interpolated ones: between 0 and 1 of a 0/1 column there is nothing to cut.
  const edges = Array.from({ length: 11 }, (_, i) => sorted[Math.floor((i * (sorted.length - 1)) / 10)]!);
  const cuts: Cut[] = [];
  for (const at of new Set(edges)) {
    const isAtom = edges.indexOf(at) !== edges.lastIndexOf(at);
    const isEnd = at === edges[0] || at === edges[10];
    if (isAtom) cuts.push({ at, inclusive: true }, { at, inclusive: false });
    else if (!isEnd) cuts.push({ at, inclusive: false });
  }
  return cuts;
}

function countBins(values: Float64Array, cuts: readonly Cut[]): Float64Array {
  const counts = new Float64Array(cuts.length + 1);
  for (const value of values) {
    let bin = 0;
    while (bin < cuts.length && (cuts[bin]!.inclusive ? value >= cuts[bin]!.at : value > cuts[bin]!.at)) bin++;
    counts[bin]!++;
  }
  return counts;
}
