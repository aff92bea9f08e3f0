/** Kullback–Leibler divergence of the current shares from the reference shares. */
import { sharesOf, total } from "./sharesOf.ts";

/** Replaces an empty bin to keep the logarithm finite: one row in ten thousand, as for PSI. */
const EMPTY_SHARE = 1e-4;

/**
 * Σ p ln(p / q) in nats, with reference shares p and current shares q. Not symmetric. Without empty cells equal to
 * scipy.stats.entropy(reference, current); an empty cell counts as one row in ten thousand.
 * @param reference number of rows by bin or category, the same ones as in `current`
 * @throws {RangeError} if a side has no rows
 * @see Kullback & Leibler, On information and sufficiency (1951)
 */
export function kullbackLeiblerDivergence(reference: Float64Array, current: Float64Array): number {
  const shares = sharesOf(reference, current);
  const [p, q] = [filled(shares.reference), filled(shares.current)];
  const divergence = p.reduce((sum, share, i) => sum + share * Math.log(share / q[i]!), 0);
  return Math.max(0, divergence);
}

/**
 * Fills empty cells and normalizes again, like scipy.stats.entropy. Cells empty on both sides affect only the
 * normalization.
 */
function filled(shares: Float64Array): Float64Array {
  const floored = shares.map((share) => (share === 0 ? EMPTY_SHARE : share));
  const sum = total(floored);
  return floored.map((share) => share / sum);
}
