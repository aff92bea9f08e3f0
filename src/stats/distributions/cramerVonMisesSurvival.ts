/** Survival function of the Cramér–von Mises statistic in the limit of large samples. */

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
