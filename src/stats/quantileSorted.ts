/** Quantile of values that are sorted already. */

/**
 * Linear interpolation between the two values around position `share` × (n − 1): the default of numpy and R (type 7).
 *
 * @param sorted ascending, without NaN
 * @param share  0 is the minimum, 1 the maximum
 * @returns NaN if there is no value
 */
export function quantileSorted(sorted: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share of a quantile must lie in 0 to 1, not ${share}`);
  if (sorted.length === 0) return NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Equal neighbours are returned as they are: the difference of two infinities would be NaN.
  if (low === high) return low;
  const weight = position - below;
  // Counts from the nearer end, as numpy does: the last bits agree and rounding never passes the end.
  return weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight);
}
