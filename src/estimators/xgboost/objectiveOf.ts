/** Chooses the objective from the parameters and rejects settings that do not fit it. */
import { MlctlError, RowError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Task } from "../../core/task.ts";
import { objectives, objectiveNames, objectiveSpec, defaultObjectives, type Objective } from "./objectives.ts";
import { metricsOfTask } from "./train/roundMetrics.ts";

/** @throws {MlctlError} kind "usage" if objective, base_score, scale_pos_weight or eval_metric do not fit the task */
export function objectiveOf(params: JsonObject, task: Task): Objective {
  const objective = (params.objective as Objective | null) ?? defaultObjectives[task];
  const suitable = objectiveNames.filter((name) => objectives[name].task === task);
  if (!suitable.includes(objective))
    refuse("objective", objective, `allowed for ${tasks[task]}: ${suitable.join(", ")}`);
  if (params.base_score !== null) checkBaseScore(params.base_score as number, objective);
  if (task !== "binary" && params.scale_pos_weight !== 1) {
    const hint = 'it applies to binary classification only; for more classes use "train.class_weight"';
    refuse("scale_pos_weight", params.scale_pos_weight as number, hint);
  }
  const metrics: readonly string[] = metricsOfTask[task];
  if (params.eval_metric !== null && !metrics.includes(params.eval_metric as string)) {
    refuse("eval_metric", params.eval_metric as string, `allowed for ${tasks[task]}: ${metrics.join(", ")}`);
  }
  return objective;
}

const tasks: Readonly<Record<Task, string>> = {
  regression: "regression",
  binary: "binary classification",
  multiclass: "multiclass classification",
};

function checkBaseScore(baseScore: number, objective: Objective): void {
  const { link, task } = objectives[objective];
  if (task !== "regression" && !(baseScore > 0 && baseScore < 1)) {
    refuse("base_score", baseScore, "for classification it must be a probability above 0 and below 1");
  }
  if (link === "log" && !(baseScore > 0)) refuse("base_score", baseScore, `for ${objective} it must be above 0`);
}

function refuse(name: string, value: string | number, hint: string): never {
  throw new MlctlError("usage", `parameter "${name}" of xgboost is ${value}`, { hint });
}

/** @throws {MlctlError} kind "data" naming the first row whose target value the objective does not support */
export function checkTarget(y: Float64Array, objective: Objective): void {
  const { target } = objectiveSpec(objective);
  const row = target === undefined ? -1 : y.findIndex((value) => !target.isAllowed(value));
  if (row < 0) return;
  const message = (place: string): string =>
    `xgboost objective ${objective} needs a target ${target!.range}, but ${place} has ${y[row]}`;
  throw new RowError(row, message, { hint: 'choose another "objective", or remove it' });
}
