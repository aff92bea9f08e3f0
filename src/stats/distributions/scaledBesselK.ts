/** Scaled modified Bessel function of the second kind. */

/** Smaller steps change no digit for orders below 1: the trapezoidal rule converges exponentially here. */
const LARGEST_STEP = 1 / 16;

/** Terms smaller than e^−745 are zero. */
const LARGEST_EXPONENT = 745;

/**
 * eˣ K_ν(x) = ∫₀^∞ exp(−x (cosh t − 1)) cosh(ν t) dt, for 0 ≤ ν < 1. Equal to scipy.special.kve.
 * @param x above 0
 * @see NIST Digital Library of Mathematical Functions, 10.32.9
 */
export function scaledBesselK(order: number, x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  // For large x the integrand is a bell of width 1 / √x.
  const step = Math.min(LARGEST_STEP, 0.5 / Math.sqrt(x));
  let sum = 0.5;
  for (let t = step; ; t += step) {
    // x (cosh t − 1), without cancellation near 0
    const exponent = 2 * x * Math.sinh(t / 2) ** 2;
    if (exponent > LARGEST_EXPONENT) return sum * step;
    sum += Math.exp(-exponent) * Math.cosh(order * t);
  }
}
