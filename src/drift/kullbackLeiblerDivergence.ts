/** Kullback–Leibler divergence of the current shares from the reference shares. */
import { sharesOf } from "./sharesOf.ts";

/** Replaces an empty bin to keep the logarithm finite: one row in ten thousand, as for PSI. */
const EMPTY_SHARE = 1e-4;

/**
 * Σ p ln(p / q) in nats, with reference shares p and current shares q. Not symmetric. Without empty cells equal to
 * scipy.stats.entropy(reference, current); an empty cell counts as one row in ten thousand.
 *
 * @param reference number of rows by bin or category
 * @param current   number of rows by the same bins or categories
 * @throws {RangeError} if a side has no rows
 * @see Kullback & Leibler, On information and sufficiency (1951)
 */
export function kullbackLeiblerDivergence(reference: Float64Array, current: Float64Array): number {
  const shares = sharesOf(reference, current);
  const [p, q] = [filled(shares.reference), filled(shares.current)];
  return Math.max(
    0,
    p.reduce((sum, share, i) => sum + share * Math.log(share / q[i]!), 0),
  );
}

/**
 * Fills empty cells and normalizes again, like scipy.stats.entropy. Cells empty on both sides affect only the
 * normalization.
 */
function filled(shares: Float64Array): Float64Array {
  const floored = shares.map((share) => (share === 0 ? EMPTY_SHARE : share));
  const total = floored.reduce((sum, share) => sum + share, 0);
  return floored.map((share) => share / total);
}
