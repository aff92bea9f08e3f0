/** Two-sample Cramér–von Mises test: do both samples come from one distribution? Uses the whole range of values. */
import type { TestResult } from "./driftTest.ts";
import { cramerVonMisesSurvival } from "../stats/distributions/cramerVonMisesSurvival.ts";
import { tieCounts } from "../stats/tieCounts.ts";

/** Up to this many values on both sides the p-value is exact, as with SciPy's method="auto". */
const LARGEST_EXACT_SAMPLE = 20;

/**
 * Equal to scipy.stats.cramervonmises_2samp(reference, current), including ties (midranks). O(n log n).
 * @param reference (n_reference), without NaN, at least two values
 * @param current   (n_current), without NaN, at least two values
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
 * Share of lattice paths from (0, 0) to (m, n) whose Σ (a x − b y)² is at least that of the samples. Counts paths by
 * sum, cell by cell, and drops those whose sum reaches the bound.
 * @see Xiao, Gordon & Yakovlev, A C++ program for the Cramér–von Mises two-sample test (2006)
 */
function exactPValue(u: number, m: number, n: number): number {
  const pairs = m * n;
  const multiple = pairs / greatestCommonDivisor(m, n);
  const [a, b] = [multiple / m, multiple / n];
  const bound = Math.floor((multiple ** 2 * (m + n) * (6 * u - pairs * (4 * pairs - 1))) / (6 * pairs ** 2));
  let below: Map<number, number>[] = Array.from({ length: m + 1 }, () => new Map());
  below[0]!.set(0, 1);
  for (let y = 0; y <= n; y++) {
    let paths = new Map<number, number>();
    const row: Map<number, number>[] = [];
    for (let x = 0; x <= m; x++) {
      paths = stepped([paths, below[x]!], { by: (a * x - b * y) ** 2, bound });
      row.push(paths);
    }
    below = row;
  }
  let fewer = 0;
  for (const count of below[m]!.values()) fewer += count;
  // Both are integers below 2⁵³: C(40, 20) is 1.4e11.
  const all = binomial(m + n, m);
  return (all - fewer) / all;
}

/** Paths by sum after one more step, without those that reach the bound: sums never decrease. */
function stepped(
  parts: readonly Map<number, number>[],
  { by, bound }: { readonly by: number; readonly bound: number },
): Map<number, number> {
  const paths = new Map<number, number>();
  for (const part of parts) {
    for (const [sum, count] of part) {
      if (sum + by < bound) paths.set(sum + by, (paths.get(sum + by) ?? 0) + count);
    }
  }
  return paths;
}

function binomial(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
