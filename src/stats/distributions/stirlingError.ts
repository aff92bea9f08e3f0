/** Error of Stirling's formula for the logarithm of a factorial. */

/** From here on the series below is exact to double precision. */
const SERIES_FROM = 16;

/**
 * log(n!) − log(√(2πn) (n/e)ⁿ), to about 1e-16. Used to divide factorials of large numbers without cancellation.
 * @param n at least 1
 * @see Loader, Fast and accurate computation of binomial probabilities (2000)
 */
export function stirlingError(n: number): number {
  // error(n) − error(n + 1) = (n + ½) log(1 + 1/n) − 1: recursion until n is in the range of the series.
  if (n < SERIES_FROM) return (n + 0.5) * Math.log1p(1 / n) - 1 + stirlingError(n + 1);
  const square = n * n;
  return (
    (1 / 12 -
      (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square) / square) /
    n
  );
}
