/** The objective that parameters ask for, and what it does not go with. */
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Task } from "../../core/task.ts";
import { objectives, objectiveNames, objectiveSpec, usualObjectives, type Objective } from "./objectives.ts";
import { metricsOfTask } from "./train/roundMetrics.ts";

/** @throws {MlctlError} kind "usage" where objective, base_score, scale_pos_weight or eval_metric do not suit the task */
export function objectiveOf(params: JsonObject, task: Task): Objective {
  const objective = (params.objective as Objective | null) ?? usualObjectives[task];
  const suitable = objectiveNames.filter((name) => objectives[name].task === task);
  if (!suitable.includes(objective)) refuse("objective", objective, `for ${tasks[task]}: ${suitable.join(", ")}`);
  if (params.base_score !== null) checkBaseScore(params.base_score as number, objective);
  if (task !== "binary" && params.scale_pos_weight !== 1) {
    refuse(
      "scale_pos_weight",
      params.scale_pos_weight as number,
      'it is for two classes; for more see "train.class_weight"',
    );
  }
  const metrics: readonly string[] = metricsOfTask[task];
  if (params.eval_metric !== null && !metrics.includes(params.eval_metric as string)) {
    refuse("eval_metric", params.eval_metric as string, `for ${tasks[task]}: ${metrics.join(", ")}`);
  }
  return objective;
}

const tasks: Readonly<Record<Task, string>> = {
  regression: "a number",
  binary: "two classes",
  multiclass: "several classes",
};

function checkBaseScore(baseScore: number, objective: Objective): void {
  const { link, task } = objectives[objective];
  if (task !== "regression" && !(baseScore > 0 && baseScore < 1)) {
    refuse("base_score", baseScore, "for classification it is a probability: above 0 and below 1");
  }
  if (link === "log" && !(baseScore > 0)) refuse("base_score", baseScore, `for ${objective} it is above 0`);
}

function refuse(name: string, value: string | number, hint: string): never {
  throw new MlctlError("usage", `parameter "${name}" of xgboost is ${value}`, { hint });
}

/** @throws {MlctlError} kind "data" for a target that the objective cannot learn, by row */
export function checkTarget(y: Float64Array, objective: Objective): void {
  const { target } = objectiveSpec(objective);
  const row = target === undefined ? -1 : y.findIndex((value) => !target.isAllowed(value));
  if (row < 0) return;
  throw new MlctlError(
    "data",
    `${objective} of xgboost wants a target ${target!.range}, in row ${row + 1} it is ${y[row]}`,
    {
      hint: 'choose another "objective", or leave it out',
    },
  );
}
