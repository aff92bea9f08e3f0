/** Where the values of a large sample fall between those of a small one: counted once for all tests that ask. */
import { rankCounts } from "./rankCounts.ts";

export interface Ranks {
  /** The distinct values of the small sample, rising. */
  readonly points: Float64Array;
  /** As `rankCounts` has them. */
  readonly counts: Float64Array;
}

/** By the large sample; gone with it. */
const counted = new WeakMap<Float64Array, { readonly small: Float64Array; readonly ranks: Ranks }>();

/** @param small without NaN; neither sample is written to as long as it is asked about */
export function ranksBetween(small: Float64Array, large: Float64Array): Ranks {
  const known = counted.get(large);
  if (known?.small === small) return known.ranks;
  const sorted = small.toSorted();
  const points = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const ranks = { points, counts: rankCounts(points, large) };
  counted.set(large, { small, ranks });
  return ranks;
}
