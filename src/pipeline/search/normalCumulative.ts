/**
 * Cumulative distribution function of the standard normal distribution, with an error below 7.5e-8: enough to compare
 * densities.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.17
 */
export function normalCumulative(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}
