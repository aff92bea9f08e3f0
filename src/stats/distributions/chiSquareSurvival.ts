/** Survival functions of the chi-square distribution, the p-value of a chi-square test, and of the normal distribution. */
import gammainc from "@stdlib/math-base-special-gammainc";

/**
 * Q(df / 2, statistic / 2), computed from the upper tail: 1 − cdf would lose all digits below 1e-16.
 * @returns P(X ≥ statistic), 0 to 1; NaN for NaN or df ≤ 0
 */
export function chiSquareSurvival(statistic: number, degreesOfFreedom: number): number {
  if (Number.isNaN(statistic) || !(degreesOfFreedom > 0)) return NaN;
  if (statistic <= 0) return 1;
  if (statistic === Infinity) return 0;
  return gammainc(statistic / 2, degreesOfFreedom / 2, true, true);
}

/**
 * P(Z ≥ z), computed from the upper tail, so that the far tail keeps its digits: the square of a normal variable is
 * chi-square distributed with one degree of freedom. Equal to scipy.stats.norm.sf.
 */
export function normalSurvival(z: number): number {
  const tail = chiSquareSurvival(z * z, 1) / 2;
  return z < 0 ? 1 - tail : tail;
}
