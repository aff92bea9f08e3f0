/** Computes all metrics of a task. */
import { finiteOrNull } from "../core/json.ts";
import type { Evaluation, Metric } from "../core/metric.ts";
import { metrics } from "./index.ts";

/**
 * By name, in the order of the registry; null if a metric is undefined, because JSON has no NaN.
 * @throws {RangeError} if the numbers of labels and predictions differ
 */
export function computeMetrics(evaluation: Evaluation): Record<string, number | null> {
  const { yTrue, yPred } = evaluation;
  if (yTrue.length !== yPred.length) throw new RangeError(`${yTrue.length} labels, ${yPred.length} predictions`);
  const values: Record<string, number | null> = {};
  for (const metric of Object.values<Metric>(metrics)) {
    if (!metric.tasks.includes(evaluation.task)) continue;
    if (metric.needsCosts === true && evaluation.costs === undefined) continue;
    values[metric.name] = finiteOrNull(metric.compute(evaluation));
  }
  return values;
}
