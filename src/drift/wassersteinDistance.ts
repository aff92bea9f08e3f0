/** Distances between the empirical distribution functions of two samples of numbers. */

/**
 * The average distance by which values must move to turn one sample into the other: ∫ |F(x) − G(x)| dx, in units of the
 * values, like scipy.stats.wasserstein_distance. Divided by the standard deviation of the reference, it is an effect size.
 * @throws {RangeError} if a sample is empty
 */
export function wassersteinDistance(reference: Float64Array, current: Float64Array): number {
  return integralOfGaps(reference, current, Math.abs);
}

/**
 * Energy distance: √(2 ∫ (F(x) − G(x))² dx), in the square root of the unit of the values, like
 * scipy.stats.energy_distance.
 * @throws {RangeError} if a sample is empty
 * @see Székely & Rizzo, Energy statistics (2013)
 */
export function energyDistance(reference: Float64Array, current: Float64Array): number {
  return Math.sqrt(2 * integralOfGaps(reference, current, (gap) => gap ** 2));
}

/** ∫ f(F(x) − G(x)) dx of the two empirical distribution functions, for an f that is 0 at 0. */
function integralOfGaps(reference: Float64Array, current: Float64Array, f: (gap: number) => number): number {
  if (reference.length === 0 || current.length === 0) throw new RangeError("a distance needs values on both sides");
  const [first, second] = [reference.toSorted(), current.toSorted()];
  const [m, n] = [first.length, second.length];
  let [i, j, sum] = [0, 0, 0];
  let position = Math.min(first[0]!, second[0]!);
  while (i < m || j < n) {
    const next = Math.min(first[i] ?? Infinity, second[j] ?? Infinity);
    sum += f(i / m - j / n) * (next - position);
    position = next;
    while (i < m && first[i] === position) i++;
    while (j < n && second[j] === position) j++;
  }
  return sum;
}
