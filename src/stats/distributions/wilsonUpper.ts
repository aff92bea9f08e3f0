/** How large a share may be, given what was seen of it. */

/**
 * Upper end of Wilson's score interval for `count` of `total`; 1 where nothing was seen.
 * @param z standard normal quantile: 3.09 leaves one chance in a thousand above
 * @see Wilson, Probable inference, the law of succession, and statistical inference (1927)
 */
export function wilsonUpper(count: number, total: number, z: number): number {
  if (total === 0) return 1;
  const share = count / total;
  const square = z * z;
  const spread = z * Math.sqrt((share * (1 - share)) / total + square / (4 * total * total));
  return Math.min(1, (share + square / (2 * total) + spread) / (1 + square / total));
}
