/** Brier score: mean squared difference between probabilities and outcomes. */
import type { Evaluation } from "../core/metric.ts";
import { meanMetric } from "./meanMetric.ts";

/** Two classes: of class 1, 0 to 1, like scikit-learn. More: summed over the classes, 0 to 2 (Brier, 1950). */
export const brier = meanMetric({
  name: "brier",
  label: "Brier score",
  tasks: ["binary", "multiclass"],
  lossesOf: (evaluation) => (evaluation.probabilities === null ? null : losses(evaluation, evaluation.probabilities)),
});

function losses({ yTrue, task, classCount }: Evaluation, probabilities: Float64Array): Float64Array {
  return yTrue.map((code, row) => {
    if (task === "binary") return (probabilities[row]! - code) ** 2;
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += (probabilities[row * classCount + k]! - (k === code ? 1 : 0)) ** 2;
    return sum;
  });
}
