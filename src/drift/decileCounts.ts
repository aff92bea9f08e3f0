/** Bins numbers by the deciles of the reference, for tests that compare shares. */
import { rankCounts, type Ranks, ranksBetween } from "../stats/rankCounts.ts";

/** A value passes a cut if it is above it, or equal to it if the cut is inclusive. */
interface Cut {
  readonly at: number;
  readonly inclusive: boolean;
}

/**
 * Cuts both sides at the deciles of `reference`. A value that is several deciles at once (0 in a column that is mostly
 * zero, each value of a 0/1 column) gets its own bin, so that a move away from it is visible in both directions.
 * @returns number of rows by bin of both sides; ten bins for a column without ties
 */
export function decileCounts(reference: Float64Array, current: Float64Array) {
  const cuts = cutsOf(reference.toSorted());
  const points = Float64Array.from(new Set(cuts.map(({ at }) => at)));
  return {
    reference: binsOf({ points, counts: rankCounts(points, reference) }, cuts),
    current: binsOf(ranksBetween(reference, current), cuts),
  };
}

function cutsOf(sorted: Float64Array): Cut[] {
  // Not interpolated: a cut between 0 and 1 of a 0/1 column would be useless.
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

/** Assigns each count of `rankCounts` to the bin given by the number of cuts it passes. */
function binsOf({ points, counts }: Ranks, cuts: readonly Cut[]): Float64Array {
  const bins = new Float64Array(cuts.length + 1);
  counts.forEach((rows, place) => {
    const point = points[place >> 1] ?? Infinity;
    const isAt = place % 2 === 1;
    const passed = cuts.filter(({ at, inclusive }) => at < point || (at === point && isAt && inclusive));
    bins[passed.length]! += rows;
  });
  return bins;
}
