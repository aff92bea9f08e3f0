/** Finds a metric by a name from the user. */
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/text/suggest.ts";
import type { Task } from "../core/task.ts";
import { metrics } from "./index.ts";
import type { ResampledMetric } from "./resampledMetric.ts";

/** Names used by XGBoost and many configurations. */
const aliases: Readonly<Record<string, string>> = { auc: "roc_auc", logloss: "log_loss" };

/**
 * @param task if given, the metric must support it
 * @throws {MlctlError} kind "usage" for an unknown metric or one that does not support the task
 */
export function findMetric(name: string, task?: Task): ResampledMetric {
  const known = new Map<string, ResampledMetric>(Object.entries(metrics));
  const metric = known.get((Object.hasOwn(aliases, name) ? aliases[name] : undefined) ?? name);
  const names = [...known.values()].filter(({ tasks }) => task === undefined || tasks.includes(task));
  const list = names.map((candidate) => candidate.name);
  if (metric === undefined) {
    const near = suggest(name, [...list, ...Object.keys(aliases)]) ?? suggest(name, known.keys());
    throw new MlctlError("usage", `unknown metric "${name}"`, {
      hint: near === undefined ? `use one of ${list.join(", ")}` : `did you mean "${near}"?`,
    });
  }
  if (task !== undefined && !metric.tasks.includes(task)) {
    const others = metric.tasks.includes("binary") ? "more than two classes" : "classification";
    const message = `metric "${name}" is not defined for ${task === "regression" ? "regression" : others}`;
    throw new MlctlError("usage", message, { hint: `use one of ${list.join(", ")}` });
  }
  return metric;
}
