/** z-test of two proportions: has the share of one value changed? */
import type { TestResult } from "./driftTest.ts";
import { total } from "./sharesOf.ts";
import { chiSquareSurvival } from "../stats/distributions.ts";

/**
 * Compares the shares of the first cell, with the variance of the pooled share:
 * z = (p₁ − p₂) / √(p (1 − p) (1/n₁ + 1/n₂)). If all rows have the same value: statistic 0, p-value 1.
 * @returns a statistic that is positive if the share of the first value is larger in the reference; a two-sided p-value
 * @throws {RangeError} if a side has no rows
 * @see Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions (2003), section 3.1
 */
export function zTest(reference: Float64Array, current: Float64Array): TestResult {
  const [n, m] = [total(reference), total(current)];
  if (!(n > 0 && m > 0)) throw new RangeError("a z-test of proportions needs rows on both sides");
  const [first, second] = [reference[0]!, current[0]!];
  const pooled = (first + second) / (n + m);
  if (pooled === 0 || pooled === 1) return { statistic: 0, pValue: 1 };
  const statistic = (first / n - second / m) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return { statistic, pValue: chiSquareSurvival(statistic ** 2, 1) };
}
