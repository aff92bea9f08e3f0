/** z-test of two proportions: has the share of one value changed? */
import { chiSquareSurvival } from "../stats/distributions/chiSquareSurvival.ts";

export interface ZTest {
  /** Positive where the reference's share of the first value is the larger one. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * The share of the first cell against all others, with the pooled share's variance:
 * z = (p₁ − p₂) / √(p (1 − p) (1/n₁ + 1/n₂)). Both samples of one and the same value: statistic 0, p-value 1.
 *
 * @param reference rows by value, (n_values)
 * @param current   rows by the same values in the same order
 * @throws {RangeError} if a side has no row
 * @see Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions (2003), section 3.1
 */
export function zTest(reference: Float64Array, current: Float64Array): ZTest {
  const [n, m] = [total(reference), total(current)];
  if (!(n > 0 && m > 0)) throw new RangeError("a z-test of proportions needs rows on both sides");
  const [first, second] = [reference[0]!, current[0]!];
  const pooled = (first + second) / (n + m);
  if (pooled === 0 || pooled === 1) return { statistic: 0, pValue: 1 };
  const statistic = (first / n - second / m) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return { statistic, pValue: chiSquareSurvival(statistic ** 2, 1) };
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
