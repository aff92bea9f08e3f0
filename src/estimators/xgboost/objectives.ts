/** The objectives of XGBoost by name, and the choice of one from the parameters. */
import type { JsonObject } from "../../core/json.ts";
import type { Task } from "../../core/task.ts";
import { MlctlError, RowError } from "../../core/errors.ts";

/** Maps the margin (sum of the leaf values) to the prediction: unchanged, exp, sigmoid or softmax. */
export type Link = "identity" | "log" | "logistic" | "softmax";

export interface ObjectiveSpec {
  readonly task: Task;
  readonly link: Link;
  /** True if the WebAssembly engine, XGBoost 0.7, does not support it. */
  readonly nativeOnly: boolean;
  /** Default eval_metric of early stopping, as in XGBoost. */
  readonly metric: string;
  /** Target values that it supports; absent: any number. */
  readonly target?: { readonly isAllowed: (value: number) => boolean; readonly range: string };
  /** Key of its parameters in XGBoost's JSON model, and our parameters saved there, with their defaults. */
  readonly saved?: { readonly key: string; readonly params: JsonObject };
}

const notNegative = { isAllowed: (value: number) => value >= 0, range: "0 or more" };
const regLoss = { key: "reg_loss_param", params: { scale_pos_weight: 1 } };
const plain = { task: "regression", link: "identity" } as const;
const amount = { task: "regression", link: "log", nativeOnly: false } as const;

/** @see https://xgboost.readthedocs.io/en/release_1.7.0/parameter.html#learning-task-parameters */
const specs = {
  "reg:squarederror": { ...plain, nativeOnly: false, metric: "rmse", saved: regLoss },
  "reg:squaredlogerror": {
    ...plain,
    nativeOnly: true,
    metric: "rmsle",
    target: { isAllowed: (target) => target > -1, range: "above -1" },
    saved: regLoss,
  },
  "reg:pseudohubererror": {
    ...plain,
    nativeOnly: true,
    metric: "mphe",
    saved: { key: "pseudo_huber_param", params: { huber_slope: 1 } },
  },
  "reg:absoluteerror": { ...plain, nativeOnly: true, metric: "mae" },
  "count:poisson": {
    ...amount,
    metric: "poisson-nloglik",
    target: notNegative,
    saved: { key: "poisson_regression_param", params: { max_delta_step: 0.7 } },
  },
  "reg:gamma": {
    ...amount,
    metric: "gamma-nloglik",
    target: { isAllowed: (target) => target > 0, range: "above 0" },
  },
  "reg:tweedie": {
    ...amount,
    metric: "tweedie-nloglik",
    target: notNegative,
    saved: { key: "tweedie_regression_param", params: { tweedie_variance_power: 1.5 } },
  },
  "binary:logistic": { task: "binary", link: "logistic", nativeOnly: false, metric: "logloss", saved: regLoss },
  "multi:softprob": { task: "multiclass", link: "softmax", nativeOnly: false, metric: "mlogloss" },
} as const satisfies Record<string, ObjectiveSpec>;

/** Named as in XGBoost. */
export type Objective = keyof typeof specs;

export const objectives: Readonly<Record<Objective, ObjectiveSpec>> = specs;

export const objectiveNames = Object.keys(objectives) as readonly Objective[];

/** Metrics of early stopping that each task supports. */
export const metricsOfTask = {
  regression: ["rmse", "rmsle", "mae", "mphe", "poisson-nloglik", "gamma-nloglik", "tweedie-nloglik"],
  binary: ["logloss", "error", "auc"],
  multiclass: ["mlogloss", "merror"],
} as const;

/** Default objective of each task. */
export const defaultObjectives: Readonly<Record<Task, Objective>> = {
  regression: "reg:squarederror",
  binary: "binary:logistic",
  multiclass: "multi:softprob",
};

/** @throws {MlctlError} kind "usage" if objective, base_score, scale_pos_weight or eval_metric do not fit the task */
export function objectiveOf(params: JsonObject, task: Task): Objective {
  const objective = (params.objective as Objective | null) ?? defaultObjectives[task];
  const suitable = objectiveNames.filter((name) => objectives[name].task === task);
  if (!suitable.includes(objective))
    refuse("objective", objective, `allowed for ${tasks[task]}: ${suitable.join(", ")}`);
  const { link } = objectives[objective];
  const baseScore = params.base_score as number | null;
  if (baseScore !== null && task !== "regression" && !(baseScore > 0 && baseScore < 1))
    refuse("base_score", baseScore, "for classification it must be a probability above 0 and below 1");
  if (baseScore !== null && link === "log" && !(baseScore > 0))
    refuse("base_score", baseScore, `for ${objective} it must be above 0`);
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

function refuse(name: string, value: string | number, hint: string): never {
  throw new MlctlError("usage", `parameter "${name}" of xgboost is ${value}`, { hint });
}

/** @throws {MlctlError} kind "data" naming the first row whose target value the objective does not support */
export function checkTarget(y: Float64Array, objective: Objective): void {
  const { target } = objectives[objective];
  const row = target === undefined ? -1 : y.findIndex((value) => !target.isAllowed(value));
  if (row < 0) return;
  const message = (place: string): string =>
    `xgboost objective ${objective} needs a target ${target!.range}, but ${place} has ${y[row]}`;
  throw new RowError(row, message, { hint: 'choose another "objective", or remove it' });
}
