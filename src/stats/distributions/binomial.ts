/** The binomial distribution: probabilities that are accurate for large n, an upper quantile, an interval of the share. */

/**
 * P(X = k) for X ~ Binomial(n, p), by the saddle-point expansion: relative error near 1e-15, where sums of log-gamma
 * values lose as many digits as log(n!) has.
 * @param n integer, at least 1
 * @param k integer, 0 to n
 * @see Loader, Fast and accurate computation of binomial probabilities (2000)
 */
export function binomialDensity(k: number, n: number, p: number): number {
  const q = 1 - p;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (q <= 0) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const exponent = errors - devianceTerm(k, n * p) - devianceTerm(n - k, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}

/** x log(x / m) + m − x; by a series in (x − m) / (x + m) if the terms nearly cancel. */
function devianceTerm(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** log(n!) − log(√(2πn) (n/e)ⁿ), to about 1e-16, for n of at least 1. */
function stirlingError(n: number): number {
  // The series is exact from 16 on; below, error(n) − error(n + 1) = (n + ½) log(1 + 1/n) − 1.
  if (n < 16) return (n + 0.5) * Math.log1p(1 / n) - 1 + stirlingError(n + 1);
  const coefficients = [691 / 360360, 1 / 1188, 1 / 1680, 1 / 1260, 1 / 360, 1 / 12];
  return coefficients.reduce((sum, coefficient) => coefficient - sum / (n * n), 0) / n;
}

/**
 * The smallest k with P(X > k) ≤ alpha for X ~ Binomial(n, p), SciPy's `binom.isf(alpha, n, p)`: more than k is
 * unlikely to be chance. Sums the upper tail from twelve standard deviations down; the rest is below 1e-30. O(√n).
 */
export function binomialBound(n: number, p: number, alpha: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const mean = n * p;
  let k = Math.min(n, Math.ceil(mean + 12 * Math.sqrt(mean * (1 - p)) + 30));
  for (let tail = 0; k > 0; k--) {
    tail += binomialDensity(k, n, p);
    if (tail > alpha) break;
  }
  return k;
}

/**
 * Upper end of the Wilson score interval for `count` of `total`; 1 if `total` is 0.
 * @param z standard normal quantile: 3.09 for a one-sided error probability of 0.001
 * @see Wilson, Probable inference, the law of succession, and statistical inference (1927)
 */
export function wilsonUpper(count: number, total: number, z: number): number {
  if (total === 0) return 1;
  const share = count / total;
  const square = z * z;
  const margin = z * Math.sqrt((share * (1 - share)) / total + square / (4 * total * total));
  return Math.min(1, (share + square / (2 * total) + margin) / (1 + square / total));
}
