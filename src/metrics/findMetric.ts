/** Finds a metric by a name from the user. */
import { MlctlError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { Task } from "../core/table/table.ts";
import { metrics } from "./index.ts";
import { finiteOrNull } from "../core/json.ts";
import type { Evaluation, Metric } from "../core/metric.ts";

/**
 * @param task if given, the metric must support it
 * @throws {MlctlError} kind "usage" for an unknown metric or one that does not support the task
 */
export function findMetric(name: string, task?: Task): Metric {
  const known = Object.values<Metric>(metrics);
  const metric = known.find((each) => each.name === name || each.aliases?.includes(name));
  const list = known.flatMap((each) => (task === undefined || each.tasks.includes(task) ? [each.name] : []));
  if (metric === undefined) {
    const names = [...list, ...known.flatMap(({ name: other, aliases = [] }) => [...aliases, other])];
    const hint = didYouMean(name, names, `use one of ${list.join(", ")}`);
    throw new MlctlError("usage", `unknown metric "${name}"`, { hint });
  }
  if (task !== undefined && !metric.tasks.includes(task)) {
    const others = metric.tasks.includes("binary") ? "more than two classes" : "classification";
    const message = `metric "${name}" is not defined for ${task === "regression" ? "regression" : others}`;
    throw new MlctlError("usage", message, { hint: `use one of ${list.join(", ")}` });
  }
  return metric;
}

/**
 * By name, in the order of the registry; null if a metric is undefined, because JSON has no NaN.
 * @throws {RangeError} if the numbers of labels and predictions differ
 */
export function computeMetrics(evaluation: Evaluation): Record<string, number | null> {
  const { yTrue, yPred } = evaluation;
  if (yTrue.length !== yPred.length) throw new RangeError(`${yTrue.length} labels, ${yPred.length} predictions`);
  const values: Record<string, number | null> = {};
  for (const metric of Object.values<Metric>(metrics)) {
    if (!metric.tasks.includes(evaluation.task)) continue;
    if (metric.needsCosts === true && evaluation.costs === undefined) continue;
    values[metric.name] = finiteOrNull(metric.compute(evaluation));
  }
  return values;
}
