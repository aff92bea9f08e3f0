/** Population stability index (PSI) of the shares of bins or categories. */
import { sharesOf } from "./sharesOf.ts";

/** Replaces an empty bin to keep the logarithm finite: one row in ten thousand. */
const EMPTY_SHARE = 1e-4;

/**
 * Σ (current share − reference share) ln (current share / reference share). Rule of thumb: below 0.1 is stable, above
 * 0.25 is drift. Its expected value without drift is about (bins − 1) (1/n + 1/m), so small batches look unstable.
 * @param reference number of rows by bin or category, the same ones as in `current`
 * @returns in nats, at least 0
 * @throws {RangeError} if a side has no rows
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
