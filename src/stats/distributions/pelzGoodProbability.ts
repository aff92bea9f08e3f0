/** Distribution of the two-sided Kolmogorov–Smirnov statistic, by an expansion for large n. */

/** exp(−745) and smaller are zero in double precision. */
const SMALLEST_EXPONENT = -745;

/**
 * P(Dₙ < d) ≈ K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^1.5 with z = d√n; at least five digits from n = 140 on.
 * @see Pelz & Good, Approximating the lower tail-areas of the Kolmogorov–Smirnov one-sample statistic (1976)
 */
export function pelzGoodProbability(n: number, d: number): number {
  const z = d * Math.sqrt(n);
  const sums = thetaSums(z);
  const k0 = (2 * sums.half[0]) / z;
  const k1 = (2 * (sums.half[1] - z ** 2 * sums.half[0])) / (6 * z ** 4);
  const k2 = (2 * secondOrder(z, sums.half)) / (72 * z ** 7) - (2 * sums.whole[1]) / (36 * z ** 3);
  const whole3 = 3 * z ** 2 * sums.whole[1] - sums.whole[2];
  const k3 = (2 * thirdOrder(z, sums.half)) / (6480 * z ** 10) + (2 * whole3) / (216 * z ** 6);
  // K₀ has the factor √(2π)/z, the others √(π/2). All sums here run over k ≥ 0 and are doubled, so that √(π/2) is common.
  const probability = Math.sqrt(Math.PI / 2) * (k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5);
  return Math.min(1, Math.max(0, probability));
}

type Moments = [number, number, number, number];

/** Σ uᵖ exp(−u / 2z²) for p = 0 to 3, over u = π²(k + ½)², k ≥ 0 (half) and u = π²k², k ≥ 1 (whole). */
function thetaSums(z: number): { half: Moments; whole: Moments } {
  const half: Moments = [0, 0, 0, 0];
  const whole: Moments = [0, 0, 0, 0];
  for (let k = 0; ; k++) {
    const uHalf = (Math.PI * (k + 0.5)) ** 2;
    if (-uHalf / (2 * z * z) < SMALLEST_EXPONENT) return { half, whole };
    addMoments(half, uHalf, z);
    if (k > 0) addMoments(whole, (Math.PI * k) ** 2, z);
  }
}

function addMoments(moments: Moments, u: number, z: number): void {
  const weight = Math.exp(-u / (2 * z * z));
  for (let p = 0; p < 4; p++) moments[p]! += weight * u ** p;
}

function secondOrder(z: number, [m0, m1, m2]: Moments): number {
  return (6 * z ** 6 + 2 * z ** 4) * m0 + (2 * z ** 4 - 5 * z ** 2) * m1 + (1 - 2 * z ** 2) * m2;
}

function thirdOrder(z: number, [m0, m1, m2, m3]: Moments): number {
  const low = (135 * z ** 4 - 96 * z ** 6) * m1 - (30 * z ** 6 + 90 * z ** 8) * m0;
  return (5 - 30 * z ** 2) * m3 + (212 * z ** 4 - 60 * z ** 2) * m2 + low;
}
