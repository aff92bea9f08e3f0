/** A metric as people read it. */
import type { Config } from "../config/schema.ts";
import type { Task } from "../core/task.ts";
import { metrics } from "../metrics/index.ts";
import type { MetricLabel } from "../reporting/reportInput.ts";
import { costUnit } from "./costsOf.ts";

/** One that the registry does not know, of another version of mlctl, goes by its name. */
export function metricLabel(config: Config, name: string, task: Task): MetricLabel {
  const metric = Object.values(metrics).find((each) => each.name === name && each.tasks.includes(task));
  if (metric === undefined) return { name, label: name, greaterIsBetter: true };
  const { label, greaterIsBetter } = metric;
  return { name, label: name === "cost" ? `Cost in ${costUnit(config) ?? label}` : label, greaterIsBetter };
}
