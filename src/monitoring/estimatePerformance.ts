/** Confidence-based performance estimation (CBPE): the expected metrics if the model's probabilities are right. */
import type { Model } from "../core/records/model.ts";
import type { PerformanceEstimate } from "../core/records/monitoring.ts";
import { selectValues } from "../core/table/selectRows.ts";
import { evenRows } from "../stats/samplePositions.ts";
import { random } from "../core/random.ts";
import { computeMetrics } from "../metrics/findMetric.ts";
import { percentileInterval } from "../metrics/bootstrapInterval.ts";
import { isCalibrated } from "../pipeline/predict/predictor.ts";
import type { PreparedRows } from "./prepareRows.ts";

/** Draws of the unknown labels, for the intervals. */
const DRAWS = 200;

/** Chosen evenly: more rows would hardly change an estimated interval. */
const MAXIMUM_ROWS = 5_000;

/**
 * Binary classification, with p the probability of class 1: a row predicted as 1 is a true positive with probability p, a
 * row predicted as 0 a false negative. The 95 % intervals come from labels that are repeatedly drawn.
 * @param judged the rows with labels
 * @returns null for other tasks, or if no row has a probability
 * @see NannyML's CBPE, docs "Estimation of performance of the monitored model"
 */
export function estimatePerformance(
  rows: PreparedRows,
  judged: PreparedRows,
  { model, seed }: { readonly model: Model; readonly seed: number },
): PerformanceEstimate | null {
  if (model.signature.target.task !== "binary" || rows.probabilities === null) return null;
  const predicted = [...rows.yPred.keys()].filter((row) => !Number.isNaN(rows.probabilities![row]!));
  if (predicted.length === 0) return null;
  const probabilities = selectValues(rows.probabilities, predicted);
  const yPred = selectValues(rows.yPred, predicted);
  const metrics = expectedMetrics(probabilities, yPred);
  const names = Object.keys(metrics);
  const { yTrue } = judged;
  const known = yTrue.length === 0 ? {} : computeMetrics({ ...judged, task: "binary", classCount: 2 });
  return {
    method: "cbpe",
    rows: predicted.length,
    calibrated: isCalibrated(model),
    metrics,
    intervals: drawnIntervals({ probabilities, yPred }, names, seed),
    realised: Object.fromEntries(Object.keys(known).map((name) => [name, known[name] ?? null])),
  };
}

const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

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

function drawnIntervals(
  all: { readonly probabilities: Float64Array; readonly yPred: Float64Array },
  names: readonly string[],
  seed: number,
): PerformanceEstimate["intervals"] {
  const rows = evenRows(all.yPred.length, MAXIMUM_ROWS);
  const probabilities = selectValues(all.probabilities, rows);
  const yPred = selectValues(all.yPred, rows);
  const { uniform } = random(seed);
  const drawn = Array.from({ length: DRAWS }, () => {
    // Drawn labels are certain, so they stand for probabilities of 0 and 1.
    const yTrue = probabilities.map((p) => (uniform() < p ? 1 : 0));
    const brier = yTrue.reduce((sum, value, row) => sum + (value - probabilities[row]!) ** 2, 0) / yTrue.length;
    return { ...expectedMetrics(yTrue, yPred), brier } as Record<string, number | null>;
  });
  // The standard error shrinks with the square root of the number of rows; labels were drawn for fewer rows.
  const shrink = Math.sqrt(rows.length / all.yPred.length);
  return Object.fromEntries(
    names.map((name) => {
      const values = Float64Array.from(drawn, (metrics) => metrics[name] ?? NaN);
      const interval = percentileInterval(values, 0.95);
      if (interval === null) return [name, null];
      const [low, high] = interval;
      const centre = (low + high) / 2;
      return [name, [centre + (low - centre) * shrink, centre + (high - centre) * shrink]];
    }),
  );
}
