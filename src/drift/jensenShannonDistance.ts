/** Jensen–Shannon distance between two distributions over bins or categories, 0 to 0.833. */
import { sharesOf } from "./sharesOf.ts";

/**
 * √((KL(p ‖ m) + KL(q ‖ m)) / 2) with m = (p + q) / 2 and natural logarithms; a metric, at most √ln 2.
 * Equal to scipy.spatial.distance.jensenshannon(reference, current).
 * @param reference number of rows by bin or category, the same ones as in `current`
 * @throws {RangeError} if a side has no rows
 * @see Endres & Schindelin, A new metric for probability distributions (2003)
 */
export function jensenShannonDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += divergence(p[i]!, q[i]!) + divergence(q[i]!, p[i]!);
  // Equal shares can sum to −1e-17.
  return Math.sqrt(Math.max(0, sum / 2));
}

/** Term of KL(p ‖ m). */
function divergence(share: number, other: number): number {
  return share === 0 ? 0 : share * Math.log((2 * share) / (share + other));
}
