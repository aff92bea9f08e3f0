/** Population stability index (PSI): how far the shares of bins or categories have moved since training. */

/** Stands in for an empty bin so that the logarithm stays finite: one row in ten thousand. */
const EMPTY_SHARE = 1e-4;

/**
 * Σ (current share − reference share) ln (current share / reference share). Below 0.1 is stable, above 0.25 is
 * drift: a rule of thumb. Without any drift it is about (bins − 1) (1/n + 1/m), so small batches look unstable.
 *
 * @param reference rows by bin or category
 * @param current   rows by the same ones in the same order
 * @returns in nats, at least 0; NaN if a side has no row
 * @see Siddiqi, Credit Risk Scorecards (2006)
 */
export function populationStabilityIndex(reference: Float64Array, current: Float64Array): number {
  if (reference.length !== current.length) throw new RangeError("a stability index needs the same bins");
  const expected = shares(reference);
  const actual = shares(current);
  return expected.reduce((sum, share, bin) => sum + (actual[bin]! - share) * Math.log(actual[bin]! / share), 0);
}

function shares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? NaN : Math.max(EMPTY_SHARE, count / total)));
}
