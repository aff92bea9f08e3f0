/** Upper quantile of the binomial distribution. */
import { binomialDensity } from "./binomialDensity.ts";

/**
 * The smallest k with P(X > k) ≤ alpha for X ~ Binomial(n, p), SciPy's `binom.isf(alpha, n, p)`: more than k is
 * unlikely to be chance. Sums the upper tail from twelve standard deviations down; the rest is below 1e-30. O(√n).
 */
export function binomialBound(n: number, p: number, alpha: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const mean = n * p;
  const start = Math.min(n, Math.ceil(mean + 12 * Math.sqrt(mean * (1 - p)) + 30));
  let tail = 0;
  let k = start;
  while (k > 0) {
    tail += binomialDensity(k, n, p);
    if (tail > alpha) return k;
    k--;
  }
  return 0;
}
