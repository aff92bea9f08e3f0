/** Two-sample Kolmogorov–Smirnov test: do both samples come from one distribution of numbers? */
import { kolmogorovSurvival } from "../stats/distributions.ts";
import type { TestResult } from "./driftTest.ts";
import { rankCounts, ranksBetween } from "../stats/rankCounts.ts";

/** Up to this many values the p-value is exact, above it is asymptotic, as with SciPy's method="auto". */
const LARGEST_EXACT_SAMPLE = 10_000;

/** With more pairs of values, the asymptotic p-value will do if it is below this: an exact one takes seconds for a wide table. */
const QUICK = 100_000;
const CERTAIN = 1e-30;

/** Smaller shares are set to zero, because processors are a hundred times slower with subnormal numbers. */
const NEGLIGIBLE = 1e-300;

/**
 * Equal to scipy.stats.ks_2samp; with more than 10,000 values, and below 1e-30, see `kolmogorovSurvival`. Ties are allowed.
 * @returns the largest distance between the empirical distribution functions, 0 to 1, and a two-sided p-value
 * @throws {RangeError} if a sample is empty
 */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): TestResult {
  const [m, n] = [reference.length, current.length];
  if (m === 0 || n === 0) throw new RangeError("a Kolmogorov–Smirnov test needs values on both sides");
  const distance = largestDistance(reference, current);
  const statistic = distance / (m * n);
  const asymptotic = kolmogorovSurvival(roundHalfEven((m * n) / (m + n)), statistic);
  const isCertain = m * n > QUICK && asymptotic < CERTAIN;
  if (isCertain || Math.max(m, n) > LARGEST_EXACT_SAMPLE) return { statistic, pValue: asymptotic };
  const pValue = m === n ? leavesSquare(n, distance / n) : leavesBand(Math.max(m, n), Math.min(m, n), distance);
  return { statistic, pValue: Math.min(1, pValue) };
}

/**
 * max |i n − j m|, where i and j are the numbers of values of the two samples at or below a point: an integer, so that
 * rounding cannot change the statistic by a step. Between two reference values only the current share rises, so the
 * extremes are at the ends of the gap.
 */
function largestDistance(reference: Float64Array, current: Float64Array): number {
  const [m, n] = [reference.length, current.length];
  const { points, counts } = ranksBetween(reference, current);
  const own = rankCounts(points, reference);
  let [i, j, largest] = [0, 0, 0];
  for (let at = 0; at < points.length; at++) {
    j += counts[2 * at]!;
    largest = Math.max(largest, Math.abs(i * n - j * m));
    i += own[2 * at + 1]!;
    j += counts[2 * at + 1]!;
    largest = Math.max(largest, Math.abs(i * n - j * m));
  }
  return largest;
}

/**
 * Share of lattice paths from (0, 0) to (n, n) that touch |x − y| = h: 2 Σ (−1)^(k+1) C(2n, n − kh) / C(2n, n), in nested
 * form to avoid cancellation. O(n), where the band below takes O(n²).
 */
function leavesSquare(n: number, h: number): number {
  if (h === 0) return 1;
  let nested = 0;
  for (let k = Math.floor(n / h); k >= 1; k--) {
    let ratio = 1; // C(2n, n − kh) / C(2n, n − (k − 1) h)
    for (let j = 0; j < h; j++) ratio *= (n - (k - 1) * h - j) / (n + (k - 1) * h + j + 1);
    nested = ratio * (1 - nested);
  }
  return 2 * nested;
}

/**
 * Share of lattice paths from (0, 0) to (m, n) that have |x n − y m| ≥ distance at some point. Outside this band it is
 * 1; inside, P(x, y) = (x P(x − 1, y) + y P(x, y − 1)) / (x + y), since the last step came from the left with probability
 * x / (x + y). Iterates over diagonals x + y, whose cells do not depend on each other.
 * @see Viehmann, Numerically more stable computation of the p-values for the two-sample KS test (2021)
 */
function leavesBand(m: number, n: number, distance: number): number {
  if (distance === 0) return 1;
  const outside = new Float64Array(n + 1).fill(1);
  outside[0] = 0;
  let left = 0;
  for (let steps = 1; steps <= m + n; steps++) {
    const first = Math.max(0, Math.floor((steps * n - distance) / (m + n)) + 1);
    const last = Math.min(n, steps, Math.ceil((steps * n + distance) / (m + n)) - 1);
    const perStep = 1 / steps;
    // Downwards, because y − 1 is needed from the previous diagonal; y = 0 has a single path and keeps its value.
    for (let y = last; y >= Math.max(first, steps - m, 1); y--) {
      const share = ((steps - y) * outside[y]! + y * outside[y - 1]!) * perStep;
      outside[y] = share < NEGLIGIBLE ? 0 : share;
    }
    while (left < Math.min(first, n + 1)) outside[left++] = 1;
  }
  return outside[n]!;
}

/** Rounds like numpy, so that both use the same distribution. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
