/** Ranks of a large sample among the values of a small one, cached for the drift tests that share them. */
import { rankCounts } from "./rankCounts.ts";

export interface Ranks {
  /** The distinct values of the small sample, ascending. */
  readonly points: Float64Array;
  /** Result of `rankCounts`. */
  readonly counts: Float64Array;
}

/** By the large sample; an entry lives as long as its array. */
const counted = new WeakMap<Float64Array, { readonly small: Float64Array; readonly ranks: Ranks }>();

/** @param small without NaN; neither sample may be modified */
export function ranksBetween(small: Float64Array, large: Float64Array): Ranks {
  const known = counted.get(large);
  if (known?.small === small) return known.ranks;
  const sorted = small.toSorted();
  const points = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const ranks = { points, counts: rankCounts(points, large) };
  counted.set(large, { small, ranks });
  return ranks;
}
