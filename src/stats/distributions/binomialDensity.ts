/** Binomial probabilities, accurate for large n. */
import { stirlingError } from "./stirlingError.ts";

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
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
