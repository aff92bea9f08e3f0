/** Population stability index (PSI): how far the shares of bins or categories have moved since training. */
import { sharesOf } from "./sharesOf.ts";

/** Stands in for an empty bin so that the logarithm stays finite: one row in ten thousand. */
const EMPTY_SHARE = 1e-4;

/**
 * Σ (current share − reference share) ln (current share / reference share). Below 0.1 is stable, above 0.25 is
 * drift: a rule of thumb. Without any drift it is about (bins − 1) (1/n + 1/m), so small batches look unstable.
 *
 * @param reference rows by bin or category
 * @param current   rows by the same ones in the same order
 * @returns in nats, at least 0
 * @throws {RangeError} if a side has no row
 * @see Siddiqi, Credit Risk Scorecards (2006)
 */
export function populationStabilityIndex(reference: Float64Array, current: Float64Array): number {
  const shares = sharesOf(reference, current);
  const [expected, actual] = [filled(shares.reference), filled(shares.current)];
  return expected.reduce((sum, share, bin) => sum + (actual[bin]! - share) * Math.log(actual[bin]! / share), 0);
}

function filled(shares: Float64Array): Float64Array {
  return shares.map((share) => Math.max(EMPTY_SHARE, share));
}
