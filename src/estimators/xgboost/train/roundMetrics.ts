/** XGBoost's own metrics, which early stopping watches round by round. */
import { objectives, type Objective } from "../objectives.ts";

/** XGBoost's, which keep a logarithm finite. */
const SMALLEST = 1e-16;

export interface RoundTruth {
  /** Values, or class codes, (n_samples). */
  readonly y: ArrayLike<number>;
  /** One a row, (n_samples); null where all weigh 1. */
  readonly weights: ArrayLike<number> | null;
  readonly objective: Objective;
  readonly tweedieVariancePower: number;
  readonly huberSlope: number;
}

/** What one row adds. */
type Loss = (answer: number, target: number, truth: RoundTruth) => number;

const losses: Readonly<Record<string, Loss>> = {
  rmse: (answer, target) => (answer - target) ** 2,
  rmsle: (answer, target) => (Math.log1p(answer) - Math.log1p(target)) ** 2,
  mae: (answer, target) => Math.abs(answer - target),
  mphe: (answer, target, { huberSlope: slope }) => slope ** 2 * (Math.sqrt(1 + ((target - answer) / slope) ** 2) - 1),
  logloss: (answer, target) => -Math.log(Math.max(target === 1 ? answer : 1 - answer, SMALLEST)),
  error: (answer, target) => (answer > 0.5 ? 1 - target : target),
  // without log Γ(target + 1), which is the same in every round
  "poisson-nloglik": (answer, target) => answer - target * Math.log(Math.max(answer, SMALLEST)),
  "gamma-nloglik": (answer, target) => target / answer + Math.log(answer),
  "tweedie-nloglik": (answer, target, { tweedieVariancePower: power }) =>
    answer ** (2 - power) / (2 - power) - (target * answer ** (1 - power)) / (1 - power),
};

/** Those that take the square root of the mean. */
const rooted = new Set(["rmse", "rmsle"]);

/** By the kind of answer that they judge. */
export const metricsOfTask = {
  regression: ["rmse", "rmsle", "mae", "mphe", "poisson-nloglik", "gamma-nloglik", "tweedie-nloglik"],
  binary: ["logloss", "error", "auc"],
  multiclass: ["mlogloss", "merror"],
} as const;

/** @param answers as Predictor.predict gives them; rows of several classes side by side */
export function roundMetric(metric: string, answers: Float64Array, truth: RoundTruth): number {
  if (metric === "auc") return areaUnderCurve(answers, truth);
  if (objectives[truth.objective].task === "multiclass") return overClasses(metric, answers, truth);
  const loss = losses[metric]!;
  const mean = weightedMean(truth, (row) => loss(answers[row]!, truth.y[row]!, truth));
  return rooted.has(metric) ? Math.sqrt(mean) : mean;
}

function overClasses(metric: string, answers: Float64Array, truth: RoundTruth): number {
  const classCount = answers.length / truth.y.length;
  return weightedMean(truth, (row) => {
    const own = answers.subarray(row * classCount, (row + 1) * classCount);
    const code = truth.y[row]!;
    if (metric === "mlogloss") return -Math.log(Math.max(own[code]!, SMALLEST));
    return own.indexOf(Math.max(...own)) === code ? 0 : 1;
  });
}

function weightedMean({ y, weights }: RoundTruth, lossOf: (row: number) => number): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < y.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * lossOf(row);
    total += weight;
  }
  return sum / total;
}

/** Share of pairs of a row of class 1 and one of class 0 in which the first has the higher answer; ties count half. */
function areaUnderCurve(answers: Float64Array, { y, weights }: RoundTruth): number {
  const order = Int32Array.from(answers.keys()).toSorted((a, b) => answers[a]! - answers[b]!);
  let [below, positives, pairs] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    let [own, ownPositives, end] = [0, 0, start];
    for (; end < order.length && answers[order[end]!] === answers[order[start]!]; end++) {
      const row = order[end]!;
      const weight = weights?.[row] ?? 1;
      if (y[row] === 1) ownPositives += weight;
      else own += weight;
    }
    pairs += ownPositives * (below + own / 2);
    below += own;
    positives += ownPositives;
    start = end;
  }
  return pairs / (below * positives);
}
