/** The probability from which class 1 is best answered. */
import type { Costs } from "../core/costs.ts";
import { findMetric } from "../metrics/findMetric.ts";

/** Thresholds tried: 0.01, 0.02, …, 0.99. */
const STEPS = 99;

/**
 * Among equal thresholds the one nearest to one half wins.
 * @param costs where given, the cheapest threshold is the best one, whatever the metric
 * @param y class codes 0 and 1, (n_training)
 * @param probabilities of class 1, each from a model that had not seen the row (see outOfFold), (n_training)
 */
export function bestThreshold(y: Float64Array, probabilities: Float64Array, metricName: string, costs?: Costs): number {
  const metric = findMetric(costs === undefined ? metricName : "cost", "binary");
  const priced = costs === undefined ? {} : { costs };
  let best = { threshold: 0.5, value: -Infinity };
  for (let step = 1; step <= STEPS; step++) {
    const threshold = step / (STEPS + 1);
    const yPred = probabilities.map((share) => (share >= threshold ? 1 : 0));
    const raw = metric.compute({ task: "binary", classCount: 2, yTrue: y, yPred, probabilities, ...priced });
    const value = metric.greaterIsBetter ? raw : -raw;
    const nearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
    if (value > best.value || (value === best.value && nearer)) best = { threshold, value };
  }
  return best.threshold;
}
