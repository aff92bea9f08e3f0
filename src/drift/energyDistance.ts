/** Energy distance between two samples of numbers. */

/**
 * √(2 ∫ (F(x) − G(x))² dx) of the two empirical distribution functions, in the square root of the values' unit;
 * equal to scipy.stats.energy_distance. O(n log n).
 *
 * @param reference (n_reference), finite
 * @param current   (n_current), finite
 * @throws {RangeError} if a sample is empty
 * @see Székely & Rizzo, Energy statistics (2013)
 */
export function energyDistance(reference: Float64Array, current: Float64Array): number {
  if (reference.length === 0 || current.length === 0) throw new RangeError("a distance needs values on both sides");
  const [first, second] = [reference.toSorted(), current.toSorted()];
  const [m, n] = [first.length, second.length];
  let [i, j, sum] = [0, 0, 0];
  let position = Math.min(first[0]!, second[0]!);
  while (i < m || j < n) {
    const next = Math.min(first[i] ?? Infinity, second[j] ?? Infinity);
    sum += (i / m - j / n) ** 2 * (next - position);
    position = next;
    while (i < m && first[i] === position) i++;
    while (j < n && second[j] === position) j++;
  }
  return Math.sqrt(2 * sum);
}
