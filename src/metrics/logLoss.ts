/** Log loss: negative mean logarithm of the probability of the true class. */
import type { Evaluation } from "../core/metric.ts";
import { meanMetric } from "./meanMetric.ts";

/** In nats. Clips probabilities to 2⁻⁵² … 1 − 2⁻⁵², like scikit-learn, so that a single certain error is not infinite. */
export const logLoss = meanMetric({
  name: "log_loss",
  label: "Log loss",
  tasks: ["binary", "multiclass"],
  unbounded: true,
  aliases: ["logloss"],
  lossesOf: (evaluation) => (evaluation.probabilities === null ? null : losses(evaluation, evaluation.probabilities)),
});

function losses({ yTrue, task, classCount }: Evaluation, probabilities: Float64Array): Float64Array {
  return yTrue.map((code, row) => {
    if (task === "binary") {
      const ofOne = clip(probabilities[row]!);
      return -Math.log(code === 1 ? ofOne : 1 - ofOne);
    }
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += clip(probabilities[row * classCount + k]!);
    return -Math.log(clip(probabilities[row * classCount + code]!) / sum);
  });
}

function clip(probability: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
}
