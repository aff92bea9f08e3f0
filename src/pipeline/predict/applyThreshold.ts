/** Converts the output of an estimator to predictions. */
import type { Prediction } from "../../core/prediction.ts";
import type { Task } from "../../core/task.ts";

export interface DecisionRule {
  readonly task: Task;
  readonly classCount: number;
  /** Binary: class 1 at or above this probability; null: 0.5. */
  readonly threshold: number | null;
}

/** Regression: the values. Binary: by the threshold. Multiclass: the most probable class, the first on ties. */
export function applyThreshold(raw: Float64Array, { task, classCount, threshold }: DecisionRule): Prediction {
  if (task === "regression") return { yPred: raw, probabilities: null };
  if (task === "binary")
    return { yPred: raw.map((share) => (share >= (threshold ?? 0.5) ? 1 : 0)), probabilities: raw };
  const yPred = new Float64Array(raw.length / classCount);
  for (let row = 0; row < yPred.length; row++) {
    const start = row * classCount;
    let best = 0;
    for (let code = 1; code < classCount; code++) if (raw[start + code]! > raw[start + best]!) best = code;
    yPred[row] = best;
  }
  return { yPred, probabilities: raw };
}
