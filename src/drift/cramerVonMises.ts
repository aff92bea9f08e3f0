/** Two-sample Cramér–von Mises test: do both samples come from one distribution? Uses the whole range of values. */
import type { TestResult } from "./driftTest.ts";
import { cramerVonMisesSurvival } from "../stats/distributions/cramerVonMisesSurvival.ts";
import { tieCounts } from "../stats/rankCounts.ts";

/**
 * Equal to scipy.stats.cramervonmises_2samp(reference, current, method="asymptotic"), including ties (midranks).
 * @throws {RangeError} if a sample has fewer than two values
 * @see Anderson, On the distribution of the two-sample Cramér–von Mises criterion (1962), eq. 9 to 15
 */
export function cramerVonMises(reference: Float64Array, current: Float64Array): TestResult {
  const [m, n] = [reference.length, current.length];
  if (m < 2 || n < 2) throw new RangeError("a Cramér–von Mises test needs two values on both sides");
  const u = rankDistance(reference, current);
  const [pairs, total] = [m * n, m + n];
  const statistic = u / (pairs * total) - (4 * pairs - 1) / (6 * total);
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
