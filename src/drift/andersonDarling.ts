/** Two-sample Anderson–Darling test: do both samples come from one distribution? Sensitive in the tails. */
import type { TestResult } from "./driftTest.ts";
import { tieCounts, type TieCounts } from "../stats/rankCounts.ts";

/** The statistic at which the p-value is 0.25 and 0.001 for two samples (Scholz & Stephens, table 1). */
const TABLE = { first: 0.325, last: 6.546 };

/**
 * ln p over the table, as SciPy fits it: numpy.polyfit(critical, log(significance), 2) for two samples, with
 * critical = 0.325, 1.226, 1.961, 2.718, 3.752, 4.592, 6.546 and significance = 0.25 … 0.001.
 */
const LOG_P: readonly [number, number, number] = [0.01819809457411147, -1.0082265644652515, -1.077770279820484];

/**
 * Equal to scipy.stats.anderson_ksamp([reference, current]), including ties (midranks). If all values are equal, SciPy
 * raises an error; here the p-value is 1.
 * @returns the standardized statistic (about 0 without drift) and a p-value clamped to the table, 0.001 … 0.25
 * @throws {RangeError} if a sample is empty, or both have fewer than four values
 * @see Scholz & Stephens, K-sample Anderson–Darling tests (1987), eq. 6 and 7
 */
export function andersonDarling(reference: Float64Array, current: Float64Array): TestResult {
  const [m, n] = [reference.length, current.length];
  if (m === 0 || n === 0) throw new RangeError("an Anderson–Darling test needs values on both sides");
  if (m + n < 4) throw new RangeError("an Anderson–Darling test needs four values");
  const ties = tieCounts(reference, current);
  if (ties.first.length === 1) return { statistic: 0, pValue: 1 };
  const statistic = (squaredDistance(ties, m, n) - 1) / Math.sqrt(variance(m, n));
  return { statistic, pValue: pValueOf(statistic) };
}

/** Σ over distinct values, weighted by 1 / (B (N − B)) so that the tails count as much as the middle. */
function squaredDistance({ first, second }: TieCounts, m: number, n: number): number {
  const total = m + n;
  let [before, beforeFirst, beforeSecond] = [0, 0, 0];
  let [sumFirst, sumSecond] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!];
    const tied = a + b;
    const middle = before + tied / 2;
    const weight = tied / total / (middle * (total - middle) - (total * tied) / 4);
    sumFirst += weight * (total * (beforeFirst + a / 2) - middle * m) ** 2;
    sumSecond += weight * (total * (beforeSecond + b / 2) - middle * n) ** 2;
    before += tied;
    beforeFirst += a;
    beforeSecond += b;
  }
  return ((sumFirst / m + sumSecond / n) * (total - 1)) / total;
}

/** Variance of the distance of two samples under the null hypothesis (Scholz & Stephens, eq. 4). */
function variance(m: number, n: number): number {
  const total = m + n;
  const inverse = 1 / m + 1 / n;
  let [h, g] = [0, 0];
  for (let i = total - 1; i > 1; i--) {
    h += 1 / i;
    g += h / (total - i + 1);
  }
  h += 1;
  const a = 4 * g - 6 + (10 - 6 * g) * inverse;
  const b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h;
  const d = (2 * h + 6) * 4 - 8 * h;
  return (a * total ** 3 + b * total ** 2 + c * total + d) / ((total - 1) * (total - 2) * (total - 3));
}

function pValueOf(statistic: number): number {
  if (statistic < TABLE.first) return 0.25;
  if (statistic > TABLE.last) return 0.001;
  const [square, linear, constant] = LOG_P;
  return Math.exp((square * statistic + linear) * statistic + constant);
}
