/** Survival functions of the Kolmogorov–Smirnov statistics. */
import { binomialDensity } from "./binomial.ts";

/** From this n d² on the p-value is below 0.025, and twice the exact one-sided one, to 1e-8 of it. */
const TAIL = 2.2;

/**
 * P(Dₙ ≥ d) for n values: exact in the tail, else Kolmogorov's limit at a corrected argument, which is within 1e-5 of the
 * exact value for n = 2,000, 2e-4 for 100 and 5e-4 for 30. Like scipy.stats.kstwo.sf.
 * @param n integer, at least 1
 * @see Vrbik, Deriving CDF of Kolmogorov–Smirnov test statistic (2020)
 */
export function kolmogorovSurvival(n: number, d: number): number {
  if (Number.isNaN(d) || !(Number.isInteger(n) && n >= 1)) return NaN;
  if (n * d * d >= 370) return 0;
  if (d >= 0.5 || n * d * d > TAIL) return Math.min(1, 2 * smirnovSurvival(n, d));
  const root = Math.sqrt(n);
  const x = root * d + 1 / (6 * root) + (root * d - 1) / (4 * n);
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1, term = 1; term > 1e-17; k++) {
    term = Math.exp(-2 * (k * x) ** 2);
    sum += k % 2 === 1 ? term : -term;
  }
  return Math.min(1, 2 * sum);
}

/**
 * P(D⁺ₙ ≥ d), one-sided and exact: d Σⱼ C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j) over j ≤ n (1 − d). O(n).
 * @param n number of values, at least 1
 * @see Birnbaum & Tingey, One-sided confidence contours for probability distribution functions (1951)
 */
export function smirnovSurvival(n: number, d: number): number {
  if (d <= 0) return 1;
  let sum = 0;
  for (let j = 0; d + j / n < 1; j++) sum += binomialDensity(j, n, d + j / n) / (d + j / n);
  return Math.min(1, d * sum);
}
