/** The metric that ranks models, gates them and decides promotion. */
import type { Config } from "../config/schema.ts";
import type { Task } from "../core/task.ts";
import { findMetric } from "../metrics/findMetric.ts";

/** What a person of the field looks at first, where config.json names none. */
const usual = { regression: "rmse", binary: "f1", multiclass: "f1" } as const;

/** Its name in the registry. @throws {MlctlError} kind "usage" for a metric that the task does not have */
export function decidingMetric(config: Config, task: Task): string {
  return findMetric(config.train.metric ?? usual[task], task).name;
}
