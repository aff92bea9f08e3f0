/**
 * Distances between two distributions over bins or categories. All take the number of rows by bin or category on both
 * sides, in the same order, and throw {RangeError} if a side has no rows or the lengths differ.
 */
import { sharesOf, total } from "./sharesOf.ts";

/** Replaces an empty bin to keep the logarithm finite: one row in ten thousand. */
const EMPTY_SHARE = 1e-4;

/**
 * √(½ Σ (√p − √q)²), which equals √(1 − Σ √(p q)) without the cancellation near 0; 0 to 1.
 * @see Hellinger, Neue Begründung der Theorie quadratischer Formen (1909)
 */
export function hellingerDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  const sum = p.reduce((before, share, i) => before + (Math.sqrt(share) - Math.sqrt(q[i]!)) ** 2, 0);
  return Math.sqrt(sum / 2);
}

/** ½ Σ |p − q|: the share of rows that would have to change bin or category, 0 to 1. */
export function totalVariationDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  return p.reduce((sum, share, i) => sum + Math.abs(share - q[i]!), 0) / 2;
}

/**
 * √((KL(p ‖ m) + KL(q ‖ m)) / 2) with m = (p + q) / 2 and natural logarithms; a metric, at most √ln 2 = 0.833.
 * Equal to scipy.spatial.distance.jensenshannon(reference, current).
 * @see Endres & Schindelin, A new metric for probability distributions (2003)
 */
export function jensenShannonDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += divergence(p[i]!, q[i]!) + divergence(q[i]!, p[i]!);
  // Equal shares can sum to −1e-17.
  return Math.sqrt(Math.max(0, sum / 2));
}

function divergence(share: number, other: number): number {
  return share === 0 ? 0 : share * Math.log((2 * share) / (share + other));
}

/**
 * Σ p ln(p / q) in nats, with reference shares p and current shares q. Not symmetric. Without empty cells equal to
 * scipy.stats.entropy(reference, current), which normalizes again after empty cells are filled, as here. Cells empty on
 * both sides affect only the normalization.
 * @see Kullback & Leibler, On information and sufficiency (1951)
 */
export function kullbackLeiblerDivergence(reference: Float64Array, current: Float64Array): number {
  const shares = sharesOf(reference, current);
  const [p, q] = [filled(shares.reference), filled(shares.current)];
  const sum = p.reduce((before, share, i) => before + share * Math.log(share / q[i]!), 0);
  return Math.max(0, sum);
}

/**
 * Population stability index: Σ (current share − reference share) ln (current share / reference share). Rule of thumb:
 * below 0.1 is stable, above 0.25 is drift. Its expected value without drift is about (bins − 1) (1/n + 1/m), so small
 * batches look unstable.
 * @returns in nats, at least 0
 * @see Siddiqi, Credit Risk Scorecards (2006)
 */
export function populationStabilityIndex(reference: Float64Array, current: Float64Array): number {
  const shares = sharesOf(reference, current);
  const [expected, actual] = [atLeast(shares.reference), atLeast(shares.current)];
  return expected.reduce((sum, share, bin) => sum + (actual[bin]! - share) * Math.log(actual[bin]! / share), 0);
}

function atLeast(shares: Float64Array): Float64Array {
  return shares.map((share) => Math.max(EMPTY_SHARE, share));
}

function filled(shares: Float64Array): Float64Array {
  const all = shares.map((share) => (share === 0 ? EMPTY_SHARE : share));
  const sum = total(all);
  return all.map((share) => share / sum);
}
