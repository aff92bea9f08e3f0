/** Confidence-based performance estimation: what metrics would be if the model's probabilities were right. */
import { findEstimator } from "../estimators/findEstimator.ts";
import type { Model } from "../core/records/model.ts";
import type { PerformanceEstimate } from "../core/records/monitoring.ts";
import { random } from "../core/random.ts";
import { computeMetrics } from "../metrics/computeMetrics.ts";
import { percentileInterval } from "../metrics/bootstrapInterval.ts";
import type { PreparedRows } from "./prepareRows.ts";

/** Draws of the unknown truth, for the intervals. */
const DRAWS = 200;

/** Rows that are drawn for at most, evenly taken: more would hardly narrow what is an estimate anyway. */
const MOST_ROWS = 5_000;

export interface EstimateOptions {
  readonly model: Model;
  readonly seed: number;
}

/**
 * Two classes, with p the probability of class 1: of the rows called 1 a share p is true, of the others a share p is
 * missed; accuracy, precision, recall and F1 follow from these expected counts, the Brier score is the mean of
 * p (1 − p). Intervals (95 %): the truth drawn from the probabilities again and again.
 *
 * @param judged the rows whose truth is known
 * @returns null for other tasks, and where no probability is known
 * @see NannyML's CBPE, docs "Estimation of performance of the monitored model"
 */
export function estimatePerformance(
  rows: PreparedRows,
  judged: PreparedRows,
  { model, seed }: EstimateOptions,
): PerformanceEstimate | null {
  if (model.signature.target.task !== "binary" || rows.probabilities === null) return null;
  const answered = [...rows.yPred.keys()].filter((row) => !Number.isNaN(rows.probabilities![row]!));
  if (answered.length === 0) return null;
  const probabilities = Float64Array.from(answered, (row) => rows.probabilities![row]!);
  const yPred = Float64Array.from(answered, (row) => rows.yPred[row]!);
  const metrics = expectedMetrics(probabilities, yPred);
  const names = Object.keys(metrics);
  return {
    method: "cbpe",
    rows: answered.length,
    calibrated: model.calibration !== undefined || findEstimator(model.estimator.family).calibrated === true,
    metrics,
    intervals: drawnIntervals({ probabilities, yPred }, names, seed),
    realised: realisedMetrics(judged, names),
  };
}

export function expectedMetrics(probabilities: Float64Array, yPred: Float64Array): Record<string, number | null> {
  let [truePositive, falsePositive, falseNegative, squares] = [0, 0, 0, 0];
  probabilities.forEach((p, row) => {
    squares += p * (1 - p);
    if (yPred[row] === 1) {
      truePositive += p;
      falsePositive += 1 - p;
    } else falseNegative += p;
  });
  const rows = probabilities.length;
  return {
    accuracy: (rows - falsePositive - falseNegative) / rows,
    precision: shareOf(truePositive, truePositive + falsePositive),
    recall: shareOf(truePositive, truePositive + falseNegative),
    f1: shareOf(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
    brier: squares / rows,
  };
}

function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

interface Answers {
  readonly probabilities: Float64Array;
  readonly yPred: Float64Array;
}

function drawnIntervals(all: Answers, names: readonly string[], seed: number): PerformanceEstimate["intervals"] {
  const step = Math.max(1, all.yPred.length / MOST_ROWS);
  const rows = Array.from({ length: Math.min(all.yPred.length, MOST_ROWS) }, (_, i) => Math.floor(i * step));
  const probabilities = Float64Array.from(rows, (row) => all.probabilities[row]!);
  const yPred = Float64Array.from(rows, (row) => all.yPred[row]!);
  const { uniform } = random(seed);
  const drawn = Array.from({ length: DRAWS }, () => {
    // A truth that was drawn is certain: its "probabilities" are 0 and 1.
    const yTrue = probabilities.map((p) => (uniform() < p ? 1 : 0));
    return { ...expectedMetrics(yTrue, yPred), brier: squaredDistance(yTrue, probabilities) };
  });
  // The spread of a share shrinks with the root of the rows: fewer were drawn for than there are.
  const shrink = Math.sqrt(rows.length / all.yPred.length);
  return Object.fromEntries(
    names.map((name) => {
      const values = Float64Array.from(drawn, (metrics) => (metrics as Record<string, number | null>)[name] ?? NaN);
      const interval = percentileInterval(values, 0.95);
      const centre = interval === null ? 0 : (interval[0] + interval[1]) / 2;
      return [
        name,
        interval === null
          ? null
          : ([centre + (interval[0] - centre) * shrink, centre + (interval[1] - centre) * shrink] as const),
      ];
    }),
  );
}

function squaredDistance(yTrue: Float64Array, probabilities: Float64Array): number {
  return yTrue.reduce((sum, value, row) => sum + (value - probabilities[row]!) ** 2, 0) / yTrue.length;
}

function realisedMetrics(
  { yTrue, yPred, probabilities }: PreparedRows,
  names: readonly string[],
): Record<string, number | null> {
  if (yTrue.length === 0) return {};
  const all = computeMetrics({ task: "binary", classCount: 2, yTrue, yPred, probabilities });
  return Object.fromEntries(names.map((name) => [name, all[name] ?? null]));
}
