/** What the baseline answers for the rows that a model was judged on. */
import type { Evaluation } from "../core/metric.ts";
import type { Model } from "../core/model.ts";
import { findEstimator } from "../estimators/findEstimator.ts";
import { decide } from "./decide.ts";

/** The same truth, with the answers of the model that looks at no column. */
export function baselineEvaluation({ baseline }: Pick<Model, "baseline">, evaluation: Evaluation): Evaluation {
  const { task, classCount, yTrue } = evaluation;
  const none = { rowCount: yTrue.length, columnNames: [], values: new Float64Array(0) };
  const raw = findEstimator(baseline.family).load(baseline).predict(none);
  return { task, classCount, yTrue, ...decide(raw, { task, classCount, threshold: null }) };
}
