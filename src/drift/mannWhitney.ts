/** Mann–Whitney U test: does one sample tend to have larger values than the other? */
import type { TestResult } from "./driftTest.ts";
import { normalSurvival } from "../stats/distributions.ts";
import { tieCounts } from "../stats/rankCounts.ts";

/** With more values on both sides the normal approximation is used, as with SciPy's method="auto". */
const LARGEST_EXACT_SAMPLE = 8;

/**
 * Equal to scipy.stats.mannwhitneyu(reference, current, alternative): exact without ties if a side has at most eight
 * values, else by the normal approximation with corrections for ties and continuity. O(n log n).
 * @param alternative "less": tests only whether the reference is below the current values
 * @returns as statistic the number of pairs in which the reference value is larger; a tie counts half
 * @throws {RangeError} if a sample is empty
 * @see Mann & Whitney (1947)
 */
export function mannWhitney(
  reference: Float64Array,
  current: Float64Array,
  alternative: "two-sided" | "less" = "two-sided",
): TestResult {
  const [m, n] = [reference.length, current.length];
  if (m === 0 || n === 0) throw new RangeError("a Mann–Whitney test needs values on both sides");
  const { first, second } = tieCounts(reference, current);
  let [before, rankSum, ties] = [0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    const tied = first[i]! + second[i]!;
    rankSum += first[i]! * (before + (tied + 1) / 2);
    ties += tied ** 3 - tied;
    before += tied;
  }
  const statistic = rankSum - (m * (m + 1)) / 2;
  const other = m * n - statistic;
  const larger = alternative === "less" ? other : Math.max(statistic, other);
  const isExact = Math.min(m, n) <= LARGEST_EXACT_SAMPLE && ties === 0;
  const tail = isExact ? exactTail(larger, m, n) : normalTail(larger, { m, n, ties });
  return { statistic, pValue: Math.min(1, alternative === "less" ? tail : 2 * tail) };
}

function normalTail(u: number, { m, n, ties }: { m: number; n: number; ties: number }): number {
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  // All values are equal.
  if (!(variance > 0)) return 1;
  return normalSurvival((u - (m * n) / 2 - 0.5) / Math.sqrt(variance));
}

/** P(U ≥ u), computed from the nearer end, so that small probabilities keep their digits. */
function exactTail(u: number, m: number, n: number): number {
  return m * n - u < u ? shareUpTo(m * n - u, m, n) : 1 - shareUpTo(u - 1, m, n);
}

/**
 * P(U ≤ u): the share of orderings of all values with at most u pairs. Their numbers are the coefficients of the
 * Gaussian binomial ∏ (1 − q^(larger + j)) / (1 − q^j), divided by its total at each step to avoid overflow.
 */
function shareUpTo(u: number, m: number, n: number): number {
  if (u < 0) return 0;
  const [smaller, larger] = [Math.min(m, n), Math.max(m, n)];
  const shares = new Float64Array(u + 1);
  shares[0] = 1;
  for (let j = 1; j <= smaller; j++) {
    for (let i = j; i <= u; i++) shares[i]! += shares[i - j]!;
    for (let i = u; i >= larger + j; i--) shares[i]! -= shares[i - larger - j]!;
    const perOrder = j / (larger + j);
    for (let i = 0; i <= u; i++) shares[i]! *= perOrder;
  }
  return shares.reduce((sum, share) => sum + share, 0);
}
