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
