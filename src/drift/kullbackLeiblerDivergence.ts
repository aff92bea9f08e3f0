/** Kullback–Leibler divergence: what is lost by taking the current shares for the reference's. */
import { sharesOf } from "./sharesOf.ts";

/** Stands in for an empty bin so that the logarithm stays finite: one row in ten thousand, as for PSI. */
const EMPTY_SHARE = 1e-4;

/**
 * Σ p ln(p / q), p the reference's shares and q the current ones, in nats. Not symmetric. Without empty cells as
 * scipy.stats.entropy(reference, current); an empty cell counts as one row in ten thousand.
 *
 * @param reference rows by bin or category
 * @param current   rows by the same ones in the same order
 * @throws {RangeError} if a side has no row
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

/** Normed again, as scipy.stats.entropy does. Cells that are empty on both sides change nothing but that norm. */
function filled(shares: Float64Array): Float64Array {
  const floored = shares.map((share) => (share === 0 ? EMPTY_SHARE : share));
  const total = floored.reduce((sum, share) => sum + share, 0);
  return floored.map((share) => share / total);
}
