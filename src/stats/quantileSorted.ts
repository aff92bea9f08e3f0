/**
 * Quantile of sorted values, by linear interpolation at position `share` × (n − 1): the default of numpy and R (type 7).
 * @param sorted ascending, without NaN
 * @param share  0 is the minimum, 1 the maximum
 * @returns NaN without values
 */
export function quantileSorted(sorted: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`the share of a quantile must be between 0 and 1, not ${share}`);
  if (sorted.length === 0) return NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Avoids the difference of two infinities, which is NaN.
  if (low === high) return low;
  const weight = position - below;
  // The distance of two large numbers may overflow.
  if (high - low === Infinity && Number.isFinite(low) && Number.isFinite(high))
    return low * (1 - weight) + high * weight;
  // Interpolates from the nearer end, like numpy: results agree to the last bit, and rounding never exceeds the end.
  return weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight);
}

/** The mean of the two middle values for an even count. Ignores NaN; NaN without values. */
export function median(values: Float64Array): number {
  return quantileSorted(values.filter((value) => !Number.isNaN(value)).toSorted(), 0.5);
}
