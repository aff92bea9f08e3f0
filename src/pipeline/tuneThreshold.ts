/** The probability from which class 1 is answered, chosen on folds of the training part. */
import { findMetric } from "../metrics/findMetric.ts";
import { foldsOf } from "./foldsOf.ts";

const FOLDS = 3;
/** Thresholds tried: 0.01, 0.02, …, 0.99. */
const STEPS = 99;

/** Fits on `training`, answers the probability of class 1 for `judged`; both are positions. */
export type FitAndPredict = (training: Int32Array, judged: Int32Array) => Promise<Float64Array>;

/**
 * Every row is judged by a model that has not seen it; among equal thresholds the one nearest to one half wins.
 * @param y class codes 0 and 1, (n_training)
 */
export async function tuneThreshold(
  y: Float64Array,
  options: { readonly metric: string; readonly seed: number },
  fitAndPredict: FitAndPredict,
): Promise<number> {
  const probabilities = new Float64Array(y.length);
  for (const { training, judged } of foldsOf(y, FOLDS, { seed: options.seed, classCount: 2 })) {
    const answers = await fitAndPredict(training, judged);
    judged.forEach((row, i) => (probabilities[row] = answers[i]!));
  }
  const metric = findMetric(options.metric, "binary");
  let best = { threshold: 0.5, value: -Infinity };
  for (let step = 1; step <= STEPS; step++) {
    const threshold = step / (STEPS + 1);
    const yPred = probabilities.map((share) => (share >= threshold ? 1 : 0));
    const raw = metric.compute({ task: "binary", classCount: 2, yTrue: y, yPred, probabilities });
    const value = metric.greaterIsBetter ? raw : -raw;
    const nearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
    if (value > best.value || (value === best.value && nearer)) best = { threshold, value };
  }
  return best.threshold;
}
