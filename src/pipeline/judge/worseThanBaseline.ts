/** Detects models that are worse than the baseline in the metric that judges the predictions as such. */
import { formatNumber } from "../../core/text/format.ts";
import type { Task } from "../../core/task.ts";

type Values = Readonly<Record<string, number | null>>;

/**
 * Probabilities are compared by log loss, numbers by RMSE, whatever metric ranks the models: F1 may prefer a model whose
 * probabilities are worse than the class shares.
 * @param metrics of the model, by name
 * @param baseline of the baseline on the same rows
 */
export function worseThanBaseline(metrics: Values, baseline: Values, task: Task): string | undefined {
  const name = task === "regression" ? "rmse" : "log_loss";
  const [own, other] = [metrics[name] ?? null, baseline[name] ?? null];
  if (own === null || other === null || own <= other) return undefined;
  const values = `${name} ${formatNumber(own)} vs ${formatNumber(other)}`;
  return task === "regression"
    ? `the predictions are worse than those of the baseline, the same number for every row: ${values}`
    : `the probabilities are worse than the shares of the classes alone: ${values}; if you use them, set "train": { "metric": "log_loss" }${task === "binary" ? ' or { "calibration": "sigmoid" }' : ""}`;
}
