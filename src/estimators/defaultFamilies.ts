/** The families that are trained if config.json names none, by choice: the baseline, a linear family and the strongest. */
import type { Task } from "../core/task.ts";
import type { Family } from "./index.ts";

export function defaultFamilies(task: Task): readonly Family[] {
  return ["baseline", task === "regression" ? "linear_regression" : "logistic_regression", "xgboost"];
}
