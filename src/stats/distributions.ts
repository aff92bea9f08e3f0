/** Survival functions of the distributions of test statistics, and the binomial distribution. */
import gammainc from "@stdlib/math-base-special-gammainc";

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

/** The series ends at the first term smaller than this, as in SciPy, so that both have the same error. */
const LAST_TERM = 1e-7;

/**
 * 1 − π^(−3/2) x^(−1/2) Σ Γ(k + ½) / Γ(k + 1) √(4k + 1) e^(−q) K_¼(q), q = (4k + 1)² / 16x. Absolute error about 1e-8,
 * from cutting the series; 1e-16 in the far tail.
 * @see Csörgő & Faraway, The exact and asymptotic distributions of Cramér–von Mises statistics (1996), eq. 1.2
 */
export function cramerVonMisesSurvival(x: number): number {
  if (Number.isNaN(x)) return NaN;
  // Below, the distribution function is under 1e-17.
  if (x < 0.003) return 1;
  if (x === Infinity) return 0;
  let sum = 0;
  let gammaRatio = Math.sqrt(Math.PI); // Γ(k + ½) / Γ(k + 1)
  for (let k = 0; ; k++) {
    if (k > 0) gammaRatio *= (k - 0.5) / k;
    const q = (4 * k + 1) ** 2 / (16 * x);
    const bessel = Math.exp(-2 * q) * scaledBesselK(0.25, q);
    const term = ((gammaRatio * Math.sqrt(4 * k + 1)) / (Math.PI ** 1.5 * Math.sqrt(x))) * bessel;
    sum += term;
    if (Math.abs(term) < LAST_TERM) return Math.max(0, 1 - sum);
  }
}

/**
 * Modified Bessel function of the second kind, eˣ K_ν(x) = ∫₀^∞ exp(−x (cosh t − 1)) cosh(ν t) dt, for 0 ≤ ν < 1, by the
 * trapezoidal rule, which converges exponentially here. Equal to scipy.special.kve.
 * @param x above 0
 * @see NIST Digital Library of Mathematical Functions, 10.32.9
 */
export function scaledBesselK(order: number, x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  // For large x the integrand is a bell of width 1 / √x.
  const step = Math.min(1 / 16, 0.5 / Math.sqrt(x));
  let sum = 0.5;
  for (let t = step; ; t += step) {
    // x (cosh t − 1), without cancellation near 0; from 745 on the term is 0.
    const exponent = 2 * x * Math.sinh(t / 2) ** 2;
    if (exponent > 745) return sum * step;
    sum += Math.exp(-exponent) * Math.cosh(order * t);
  }
}

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
