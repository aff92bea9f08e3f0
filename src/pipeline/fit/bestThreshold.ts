/** Tunes the threshold of a binary classifier, for the metric that it is to be best for. */
import type { Costs } from "../../core/metric.ts";
import { MlctlError } from "../../core/errors.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { Candidate } from "./candidateFeatures.ts";
import type { Calibration } from "../../core/records/model.ts";
import { logOdds } from "../../stats/softmax.ts";

/** Values that differ by less count as equal, to ignore rounding of sums. */
const EQUAL = 1e-12;
/** Metric of "tune" if `metric` of the candidate has the same value at any threshold. */
const FALLBACK = "f1";

/**
 * Tries every cut between neighbouring probabilities. Neighbouring cuts with the same, best value form a plateau; returns
 * the middle of the widest one. O(n log n).
 * @param y class codes 0 and 1, (n_training)
 * @param probabilities of class 1, each from a model that had not seen the row (see outOfFold), (n_training)
 */
export function bestThreshold(y: Float64Array, probabilities: Float64Array, metricName: string, costs?: Costs): number {
  const valueOf = valueOfCounts(metricName, costs);
  const cuts = cutsOf(y, probabilities).map(({ low, high, counts }) => ({ low, high, value: valueOf(counts) }));
  const best = cuts.reduce((largest, { value }) => Math.max(largest, value), -Infinity);
  if (best === -Infinity) return 0.5; // undefined everywhere
  const isBest = (value: number): boolean => best - value <= EQUAL * Math.max(1, Math.abs(best));
  let widest = { low: 0.5, high: 0.5 };
  for (let first = 0; first < cuts.length; first++) {
    if (!isBest(cuts[first]!.value)) continue;
    let last = first;
    while (last + 1 < cuts.length && isBest(cuts[last + 1]!.value)) last++;
    const plateau = { low: cuts[first]!.low, high: cuts[last]!.high };
    if (plateau.high - plateau.low > widest.high - widest.low) widest = plateau;
    first = last;
  }
  return (widest.low + widest.high) / 2;
}

/** False for metrics of the probabilities or of their order, such as log loss and ROC AUC. */
function dependsOnThreshold(metricName: string): boolean {
  const metric = findMetric(metricName, "binary");
  const valueOf = valueOfCounts(metric.name, undefined);
  return metric.needsCosts === true || valueOf(Uint32Array.of(1, 0, 0, 1)) !== valueOf(Uint32Array.of(0, 1, 1, 0));
}

type Tuned = Pick<Candidate, "threshold" | "metric" | "costs">;

/**
 * @returns undefined if the threshold is a number
 * @throws {MlctlError} kind "usage" if the metric of the threshold does not depend on it
 */
export function tunedMetric({ threshold, metric, costs }: Tuned): string | undefined {
  if (typeof threshold === "number") return undefined;
  if (threshold === "tune") {
    if (costs !== undefined) return "cost";
    return dependsOnThreshold(metric) ? metric : FALLBACK;
  }
  const { name } = findMetric(threshold.metric, "binary");
  if (dependsOnThreshold(name) && (name !== "cost" || costs !== undefined)) return name;
  const problem = name === "cost" ? '"costs" is not set' : `${name} does not depend on the threshold`;
  throw new MlctlError("usage", `train.threshold: ${problem}`, { hint: `use { "metric": "${FALLBACK}" }` });
}

/** All thresholds in (low, high] give the same predictions. `counts`: rows at index 2 · label + predicted. */
type Cut = { readonly low: number; readonly high: number; readonly counts: Uint32Array };

/** Cuts by ascending threshold: from class 1 for every row to class 1 for none. */
function cutsOf(y: Float64Array, probabilities: Float64Array): Cut[] {
  const order = Int32Array.from(y.keys()).toSorted((a, b) => probabilities[a]! - probabilities[b]!);
  const positives = y.reduce((sum, code) => sum + code, 0);
  const counts = Uint32Array.of(0, y.length - positives, 0, positives);
  const cuts: Cut[] = [];
  let low = 0;
  for (let start = 0; start < order.length;) {
    const high = probabilities[order[start]!]!;
    cuts.push({ low, high, counts: counts.slice() });
    // Object.is, because NaN is not equal to itself and the loop would not end.
    for (; start < order.length && Object.is(probabilities[order[start]!], high); start++) {
      const label = 2 * y[order[start]!]!;
      counts[label + 1]!--;
      counts[label]!++;
    }
    low = high;
  }
  return low < 1 ? [...cuts, { low, high: 1, counts }] : cuts;
}

/** Metric of four rows, one per cell of the confusion matrix, weighted by the counts; larger is better. */
function valueOfCounts(name: string, costs: Costs | undefined): (counts: Uint32Array) => number {
  const metric = findMetric(name, "binary");
  const four = { yTrue: Float64Array.of(0, 0, 1, 1), yPred: Float64Array.of(0, 1, 0, 1) };
  // constant probabilities: metrics of probabilities then do not depend on the threshold
  const common = { task: "binary", classCount: 2, probabilities: new Float64Array(4).fill(0.5) } as const;
  const sign = metric.greaterIsBetter ? 1 : -1;
  const valueOf = metric.prepare({ ...common, ...four, costs });
  return (counts) => {
    const value = sign * valueOf(counts);
    return Number.isNaN(value) ? -Infinity : value;
  };
}

/** Newton's method on two parameters usually converges in a dozen steps. */
const MAX_STEPS = 100;

/**
 * Platt scaling. Its targets are smoothed away from 0 and 1, as in scikit-learn's CalibratedClassifierCV.
 * @param probabilities of class 1, each from a model that had not seen the row
 * @param y class codes 0 and 1, (n_samples)
 * @see Platt (1999)
 */
export function fitCalibration(probabilities: Float64Array, y: Float64Array): Calibration {
  const scores = Float64Array.from(probabilities, logOdds);
  const positives = y.reduce((sum, code) => sum + code, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (y.length - positives + 2)];
  const targets = y.map((code) => (code === 1 ? high : low));
  const start = Math.log((positives + 1) / (y.length - positives + 1));
  let current: Line = { slope: 0, intercept: start };
  for (let step = 0; step < MAX_STEPS; step++) {
    const [dSlope, dIntercept] = newtonStep(current, scores, targets);
    const next = lineSearch(current, [dSlope, dIntercept], (tried) => loss(tried, scores, targets));
    const moved = Math.abs(next.slope - current.slope) + Math.abs(next.intercept - current.intercept);
    current = next;
    if (moved < 1e-12) return { method: "sigmoid", ...current };
  }
  const message = "cannot calibrate the probabilities: the sigmoid fit did not converge";
  throw new MlctlError("data", message, { hint: 'set "train.calibration" to null' });
}

type Line = { readonly slope: number; readonly intercept: number };

function loss({ slope, intercept }: Line, scores: Float64Array, targets: Float64Array): number {
  let sum = 0;
  scores.forEach((score, row) => {
    const margin = slope * score + intercept;
    // −t · log p − (1 − t) · log(1 − p), without overflow.
    sum += Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin))) - targets[row]! * margin;
  });
  return sum;
}

function newtonStep({ slope, intercept }: Line, scores: Float64Array, targets: Float64Array): [number, number] {
  // A tiny ridge keeps the matrix invertible if all scores are equal.
  let [g1, g2, h11, h12, h22] = [0, 0, 1e-12, 0, 1e-12];
  scores.forEach((score, row) => {
    const p = 1 / (1 + Math.exp(-(slope * score + intercept)));
    const [error, weight] = [p - targets[row]!, p * (1 - p)];
    g1 += error * score;
    g2 += error;
    h11 += weight * score * score;
    h12 += weight * score;
    h22 += weight;
  });
  const determinant = h11 * h22 - h12 * h12;
  return [-(h22 * g1 - h12 * g2) / determinant, -(h11 * g2 - h12 * g1) / determinant];
}

/** Halves the step until the loss does not increase. */
function lineSearch(from: Line, [dSlope, dIntercept]: [number, number], lossOf: (line: Line) => number): Line {
  const before = lossOf(from);
  for (let share = 1; share > 1e-10; share /= 2) {
    const next = { slope: from.slope + share * dSlope, intercept: from.intercept + share * dIntercept };
    if (lossOf(next) <= before) return next;
  }
  return from;
}
