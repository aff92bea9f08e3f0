/** The objectives of XGBoost by name: link from margin to prediction, engines, default metric, allowed targets. */
import type { JsonObject } from "../../core/json.ts";
import type { Task } from "../../core/task.ts";

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
const value = { task: "regression", link: "identity" } as const;
const amount = { task: "regression", link: "log", nativeOnly: false } as const;

/** @see https://xgboost.readthedocs.io/en/release_1.7.0/parameter.html#learning-task-parameters */
export const objectives = {
  "reg:squarederror": { ...value, nativeOnly: false, metric: "rmse", saved: regLoss },
  "reg:squaredlogerror": {
    ...value,
    nativeOnly: true,
    metric: "rmsle",
    target: { isAllowed: (target) => target > -1, range: "above -1" },
    saved: regLoss,
  },
  "reg:pseudohubererror": {
    ...value,
    nativeOnly: true,
    metric: "mphe",
    saved: { key: "pseudo_huber_param", params: { huber_slope: 1 } },
  },
  "reg:absoluteerror": { ...value, nativeOnly: true, metric: "mae" },
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
export type Objective = keyof typeof objectives;

export const objectiveNames = Object.keys(objectives) as readonly Objective[];

/** The entry of `objectives`, typed with its optional fields. */
export function objectiveSpec(objective: Objective): ObjectiveSpec {
  return objectives[objective];
}

/** Default objective of each task. */
export const defaultObjectives: Readonly<Record<Task, Objective>> = {
  regression: "reg:squarederror",
  binary: "binary:logistic",
  multiclass: "multi:softprob",
};
