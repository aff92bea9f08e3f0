/** Survival function of the one-sided Kolmogorov–Smirnov statistic. */
import { binomialDensity } from "./binomialDensity.ts";

/**
 * P(D⁺ₙ ≥ d), exact: d Σⱼ C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j) over j ≤ n (1 − d). O(n).
 * @param n number of values, at least 1
 * @see Birnbaum & Tingey, One-sided confidence contours for probability distribution functions (1951)
 */
export function smirnovSurvival(n: number, d: number): number {
  if (Number.isNaN(d)) return NaN;
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  let sum = 0;
  for (let j = 0; j <= n; j++) {
    const p = d + j / n;
    if (p >= 1) break;
    sum += binomialDensity(j, n, p) / p;
  }
  return Math.min(1, d * sum);
}
