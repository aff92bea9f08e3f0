/** XGBoost's evaluation metrics, computed after each round for early stopping. */
import { type Objective, objectives } from "../ensemble.ts";
import type { Matrix } from "../../../core/table/table.ts";

/** XGBoost's lower bound that keeps logarithms finite. */
const SMALLEST = 1e-16;

export interface RoundLabels {
  /** Values, or class codes, (n_samples). */
  readonly y: ArrayLike<number>;
  /** Sample weights, (n_samples); null: all 1. */
  readonly weights: ArrayLike<number> | null;
  readonly objective: Objective;
  readonly tweedieVariancePower: number;
  readonly huberSlope: number;
}

/** Loss of one row. */
type Loss = (prediction: number, target: number, labels: RoundLabels) => number;

const losses: Readonly<Record<string, Loss>> = {
  rmse: (prediction, target) => (prediction - target) ** 2,
  rmsle: (prediction, target) => (Math.log1p(prediction) - Math.log1p(target)) ** 2,
  mae: (prediction, target) => Math.abs(prediction - target),
  mphe: (prediction, target, { huberSlope: slope }) =>
    slope ** 2 * (Math.sqrt(1 + ((target - prediction) / slope) ** 2) - 1),
  logloss: (prediction, target) => -Math.log(Math.max(target === 1 ? prediction : 1 - prediction, SMALLEST)),
  error: (prediction, target) => (prediction > 0.5 ? 1 - target : target),
  // without log Γ(target + 1), which is constant over the rounds
  "poisson-nloglik": (prediction, target) => prediction - target * Math.log(Math.max(prediction, SMALLEST)),
  "gamma-nloglik": (prediction, target) => target / prediction + Math.log(prediction),
  "tweedie-nloglik": (prediction, target, { tweedieVariancePower: power }) =>
    prediction ** (2 - power) / (2 - power) - (target * prediction ** (1 - power)) / (1 - power),
};

/** Metrics that take the square root of the mean loss. */
const rooted = new Set(["rmse", "rmsle"]);

/** @param predictions as from Predictor.predict; multiclass: row-major (n_samples × n_classes) */
export function roundMetric(metric: string, predictions: Float64Array, labels: RoundLabels): number {
  if (metric === "auc") return areaUnderCurve(predictions, labels);
  if (objectives[labels.objective].task === "multiclass") return overClasses(metric, predictions, labels);
  const loss = losses[metric]!;
  const mean = weightedMean(labels, (row) => loss(predictions[row]!, labels.y[row]!, labels));
  return rooted.has(metric) ? Math.sqrt(mean) : mean;
}

function overClasses(metric: string, predictions: Float64Array, labels: RoundLabels): number {
  const classCount = predictions.length / labels.y.length;
  return weightedMean(labels, (row) => {
    const own = predictions.subarray(row * classCount, (row + 1) * classCount);
    const code = labels.y[row]!;
    if (metric === "mlogloss") return -Math.log(Math.max(own[code]!, SMALLEST));
    return own.indexOf(Math.max(...own)) === code ? 0 : 1;
  });
}

function weightedMean({ y, weights }: RoundLabels, lossOf: (row: number) => number): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < y.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * lossOf(row);
    total += weight;
  }
  return sum / total;
}

/** Share of pairs of a class-1 row and a class-0 row in which the former has the higher prediction; ties count half. */
function areaUnderCurve(predictions: Float64Array, { y, weights }: RoundLabels): number {
  const order = Int32Array.from(predictions.keys()).toSorted((a, b) => predictions[a]! - predictions[b]!);
  let [below, positives, pairs] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    let [own, ownPositives, end] = [0, 0, start];
    for (; end < order.length && predictions[order[end]!] === predictions[order[start]!]; end++) {
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

/** Held-out rows that every round is evaluated on, and when to stop. */
export interface Watch {
  /** NaN is missing. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly sampleWeight?: Float64Array;
  /** XGBoost's name, e.g. "rmse". */
  readonly metric: string;
  /** Number of rounds without improvement after which training stops. */
  readonly patience: number;
}

export interface BestRound {
  /** Round with the best value, counted from 0; the first one on ties. */
  readonly iteration: number;
  readonly score: number;
}

/** How the error of a metric without a value ends. It crosses threads, where only its message is left. */
export const UNDEFINED = "is undefined on the rows held out for early stopping";

/** Same rule as Python's xgboost.callback.EarlyStopping: an equal value is not an improvement. */
export function watchRounds(metric: string, patience: number) {
  const sign = metric === "auc" ? -1 : 1;
  let best: BestRound = { iteration: -1, score: Number.NaN };
  let round = -1;
  return {
    /** Records the metric of the next round. @returns whether to continue */
    record(score: number): boolean {
      round++;
      if (Number.isNaN(score)) throw new Error(`${metric} ${UNDEFINED}`);
      if (best.iteration < 0 || sign * score < sign * best.score) best = { iteration: round, score };
      return round - best.iteration < patience;
    },
    best: () => best,
  };
}
