/** Energy distance between two samples of numbers. */
import { integralOfGaps } from "./wassersteinDistance.ts";

/**
 * √(2 ∫ (F(x) − G(x))² dx) of the two empirical distribution functions, in the square root of the values' unit;
 * equal to scipy.stats.energy_distance. O(n log n).
 * @param reference (n_reference), finite
 * @param current   (n_current), finite
 * @throws {RangeError} if a sample is empty
 * @see Székely & Rizzo, Energy statistics (2013)
 */
export function energyDistance(reference: Float64Array, current: Float64Array): number {
  return Math.sqrt(2 * integralOfGaps(reference, current, (gap) => gap ** 2));
}
