/** Two-sample Cramér–von Mises test: do both samples come from one distribution? Uses the whole range of values. */
import type { TestResult } from "./driftTest.ts";
import { cramerVonMisesSurvival } from "../stats/distributions.ts";
import { tieCounts } from "../stats/rankCounts.ts";

/** Up to this many values on both sides the p-value is exact, as with SciPy's method="auto". */
const LARGEST_EXACT_SAMPLE = 20;

/**
 * Equal to scipy.stats.cramervonmises_2samp(reference, current), including ties (midranks).
 * @throws {RangeError} if a sample has fewer than two values
 * @see Anderson, On the distribution of the two-sample Cramér–von Mises criterion (1962), eq. 9 to 15
 */
export function cramerVonMises(reference: Float64Array, current: Float64Array): TestResult {
  const [m, n] = [reference.length, current.length];
  if (m < 2 || n < 2) throw new RangeError("a Cramér–von Mises test needs two values on both sides");
  const u = rankDistance(reference, current);
  const [pairs, total] = [m * n, m + n];
  const statistic = u / (pairs * total) - (4 * pairs - 1) / (6 * total);
  if (Math.max(m, n) <= LARGEST_EXACT_SAMPLE) return { statistic, pValue: exactPValue(u, m, n) };
  const mean = (1 + 1 / total) / 6;
  const variance =
    ((total + 1) * (4 * pairs * total - 3 * (m ** 2 + n ** 2) - 2 * pairs)) / (45 * total ** 2 * 4 * pairs);
  return { statistic, pValue: cramerVonMisesSurvival(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance)) };
}

/** m Σ (rank among all − rank in its sample)² over the first sample, plus n Σ … over the second. */
function rankDistance(reference: Float64Array, current: Float64Array): number {
  const { first, second } = tieCounts(reference, current);
  let [before, i, j] = [0, 0, 0];
  let [sumFirst, sumSecond] = [0, 0];
  for (let tie = 0; tie < first.length; tie++) {
    const [a, b] = [first[tie]!, second[tie]!];
    const rank = before + (a + b + 1) / 2;
    for (const end = i + a; i < end;) sumFirst += (rank - ++i) ** 2;
    for (const end = j + b; j < end;) sumSecond += (rank - ++j) ** 2;
    before += a + b;
  }
  return reference.length * sumFirst + current.length * sumSecond;
}

/**
 * Share of lattice paths from (0, 0) to (m, n) whose Σ (a x − b y)² is at least that of the samples. Counts paths by sum,
 * cell by cell; sums never decrease, so all that reach the bound are one.
 * @see Xiao, Gordon & Yakovlev, A C++ program for the Cramér–von Mises two-sample test (2006)
 */
function exactPValue(u: number, m: number, n: number): number {
  let [divisor, rest] = [m, n];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  const bound = Math.floor(((m + n) * (6 * u - m * n * (4 * m * n - 1))) / (6 * divisor ** 2));
  const start = new Map([[0, 1]]);
  const row: Map<number, number>[] = [];
  for (let y = 0; y <= n; y++) {
    for (let x = 0; x <= m; x++) {
      const step = ((n * x - m * y) / divisor) ** 2;
      const paths = new Map<number, number>();
      for (const before of x + y === 0 ? [start] : [row[x - 1], row[x]])
        for (const [sum, count] of before ?? []) {
          const next = Math.min(bound, sum + step);
          paths.set(next, (paths.get(next) ?? 0) + count);
        }
      row[x] = paths;
    }
  }
  // Integers below 2⁵³: C(40, 20) is 1.4e11.
  const all = row[m]!.values().reduce((sum, count) => sum + count, 0);
  return (row[m]!.get(bound) ?? 0) / all;
}
