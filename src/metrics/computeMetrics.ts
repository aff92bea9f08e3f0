/** Every metric of a task at once. */
import type { Evaluation } from "../core/metric.ts";
import { metrics } from "./index.ts";

/**
 * By name, in the order of the registry; null where a metric is undefined, because JSON has no NaN.
 * @throws {RangeError} if truth and answers differ in length
 */
export function computeMetrics(evaluation: Evaluation): Record<string, number | null> {
  const { yTrue, yPred } = evaluation;
  if (yTrue.length !== yPred.length) throw new RangeError(`${yTrue.length} true values, ${yPred.length} predicted`);
  const values: Record<string, number | null> = {};
  for (const metric of Object.values(metrics)) {
    if (!metric.tasks.includes(evaluation.task)) continue;
    if (metric === metrics.cost && evaluation.costs === undefined) continue;
    const value = metric.compute(evaluation);
    values[metric.name] = Number.isFinite(value) ? value : null;
  }
  return values;
}
