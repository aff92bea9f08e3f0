/** Evaluates the baseline on the rows that a model was evaluated on. */
import type { Costs, Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { applyThreshold } from "../predict/applyThreshold.ts";

/** The same labels with the predictions of the baseline. */
export function baselineEvaluation({ baseline }: Pick<Model, "baseline">, evaluation: Evaluation): Evaluation {
  const { task, classCount, yTrue, costs } = evaluation;
  const none = { rowCount: yTrue.length, columnNames: [], values: new Float64Array(0) };
  const raw = findEstimator(baseline.family).load(baseline).predict(none);
  const threshold = costs === undefined ? null : cheapestThreshold(costs);
  return { task, classCount, yTrue, costs, ...applyThreshold(raw, { task, classCount, threshold }) };
}

/** Threshold at which yes and no cost the same on average: the baseline predicts the cheaper one (Elkan, 2001). */
function cheapestThreshold({ truePositive, falsePositive, falseNegative, trueNegative }: Costs): number | null {
  const [alarm, miss] = [falsePositive - trueNegative, falseNegative - truePositive];
  return alarm > 0 && miss > 0 ? alarm / (alarm + miss) : null;
}
