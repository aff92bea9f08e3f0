/** Two-sample Kolmogorov–Smirnov test: could both samples come from one distribution of numbers? */
import { kolmogorovSurvival } from "../stats/distributions/kolmogorovSurvival.ts";
import { ranksBetween } from "../stats/ranksBetween.ts";

/** Up to this many values the p-value is exact, beyond it is that of the limiting distribution: SciPy's "auto". */
const LARGEST_EXACT_SAMPLE = 10_000;

/** A current sample that is so many times larger is counted between the values of the reference instead of sorted. */
const LARGE_BATCH = 8;

/** Smaller shares become zero: processors are a hundred times slower with subnormal numbers. */
const NEGLIGIBLE = 1e-300;

export interface KolmogorovSmirnov {
  /** Largest distance of the two empirical distribution functions, 0 to 1. */
  readonly statistic: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Equal to scipy.stats.ks_2samp. Ties are allowed. O(n log n), and O(n m) at worst for the exact p-value.
 *
 * @param reference (n_reference), without NaN
 * @param current   (n_current), without NaN
 * @throws {RangeError} if a sample is empty
 */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): KolmogorovSmirnov {
  const [m, n] = [reference.length, current.length];
  if (m === 0 || n === 0) throw new RangeError("a Kolmogorov–Smirnov test needs values on both sides");
  // In units of 1 / (m n), a whole number, so that rounding cannot move the statistic over a step.
  const distance =
    n > LARGE_BATCH * m
      ? distanceAtPoints(reference, current)
      : largestDistance(reference.toSorted(), current.toSorted());
  const statistic = distance / (m * n);
  if (Math.max(m, n) <= LARGEST_EXACT_SAMPLE) {
    const pValue = exactPValue(m, n, distance);
    // Rounding can leave the interval only near 1; SciPy then falls back as well.
    if (pValue >= 0 && pValue <= 1) return { statistic, pValue };
  }
  return { statistic, pValue: kolmogorovSurvival(roundHalfEven((m * n) / (m + n)), statistic) };
}

/** max |i n − j m| where i and j values of the two samples are at or below a point. */
function largestDistance(first: Float64Array, second: Float64Array): number {
  const [m, n] = [first.length, second.length];
  let [i, j, largest] = [0, 0, 0];
  while (i < m && j < n) {
    const point = Math.min(first[i]!, second[j]!);
    while (i < m && first[i]! <= point) i++;
    while (j < n && second[j]! <= point) j++;
    largest = Math.max(largest, Math.abs(i * n - j * m));
  }
  return largest;
}

/** The same: between two reference values only the current share rises, so that the ends of the gap are the extremes. */
function distanceAtPoints(reference: Float64Array, current: Float64Array): number {
  const [m, n] = [reference.length, current.length];
  const { points, counts } = ranksBetween(reference, current);
  const sorted = reference.toSorted();
  let [i, j, largest] = [0, 0, 0];
  points.forEach((point, at) => {
    j += counts[2 * at]!;
    largest = Math.max(largest, Math.abs(i * n - j * m));
    while (i < m && sorted[i] === point) i++;
    j += counts[2 * at + 1]!;
    largest = Math.max(largest, Math.abs(i * n - j * m));
  });
  return largest;
}

function exactPValue(m: number, n: number, distance: number): number {
  if (distance === 0) return 1;
  if (m === n) return leavesSquare(n, distance / n);
  return leavesBand(Math.max(m, n), Math.min(m, n), distance);
}

/**
 * Share of lattice paths from (0, 0) to (n, n) that touch |x − y| = h: 2 Σ (−1)^(k+1) C(2n, n − kh) / C(2n, n),
 * nested so that nothing cancels.
 */
function leavesSquare(n: number, h: number): number {
  let nested = 0;
  for (let k = Math.floor(n / h); k >= 1; k--) {
    let ratio = 1; // C(2n, n − kh) / C(2n, n − (k − 1) h)
    for (let j = 0; j < h; j++) ratio *= (n - (k - 1) * h - j) / (n + (k - 1) * h + j + 1);
    nested = ratio * (1 - nested);
  }
  return 2 * nested;
}

/**
 * Share of lattice paths from (0, 0) to (m, n) that somewhere have |x n − y m| ≥ distance: outside the band it is 1,
 * inside P(x, y) = (x P(x − 1, y) + y P(x, y − 1)) / (x + y), since the last step came from the left with chance
 * x / (x + y). Goes by diagonals x + y, on which no cell waits for another.
 *
 * @see Viehmann, Numerically more stable computation of the p-values for the two-sample KS test (2021)
 */
function leavesBand(m: number, n: number, distance: number): number {
  const outside = new Float64Array(n + 1).fill(1);
  outside[0] = 0;
  let left = 0;
  for (let steps = 1; steps <= m + n; steps++) {
    const first = Math.max(0, Math.floor((steps * n - distance) / (m + n)) + 1);
    const last = Math.min(n, steps, Math.ceil((steps * n + distance) / (m + n)) - 1);
    const perStep = 1 / steps;
    // Downwards, because y − 1 is wanted as it was on the diagonal before; y = 0 has one path and keeps its value.
    for (let y = last; y >= Math.max(first, steps - m, 1); y--) {
      const share = ((steps - y) * outside[y]! + y * outside[y - 1]!) * perStep;
      outside[y] = share < NEGLIGIBLE ? 0 : share;
    }
    while (left < Math.min(first, n + 1)) outside[left++] = 1;
  }
  return outside[n]!;
}

/** As numpy rounds, so that both take the same distribution. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
