/** The families that are trained if config.json names none, by choice: the baseline, a linear family and the strongest. */
import type { Task } from "../core/task.ts";
import type { estimators } from "./index.ts";

export function defaultFamilies(task: Task): readonly (keyof typeof estimators)[] {
  return ["baseline", task === "regression" ? "linear_regression" : "logistic_regression", "xgboost"];
}
