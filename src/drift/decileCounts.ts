/** Rows by decile of the reference: numbers as counts, for tests that compare shares. */
import { rankCounts } from "../stats/rankCounts.ts";

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

/** Each place of `rankCounts` lies in one bin: before a cut that it does not pass. */
function countBins(values: Float64Array, cuts: readonly Cut[]): Float64Array {
  const counts = new Float64Array(cuts.length + 1);
  const points = Float64Array.from(new Set(cuts.map(({ at }) => at)));
  rankCounts(points, values).forEach((rows, place) => {
    const point = points[place >> 1] ?? Infinity;
    const isAt = place % 2 === 1;
    const passed = cuts.filter(({ at, inclusive }) => at < point || (at === point && isAt && inclusive));
    counts[passed.length]! += rows;
  });
  return counts;
}
