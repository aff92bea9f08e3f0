/** What XGBoost learns to make small, by its own names: how margins become answers, who can train it, how it is judged. */
import type { JsonObject } from "../../core/json.ts";
import type { Task } from "../../core/task.ts";

/** From the sum of the leaves to the answer: as it is, exp, sigmoid or softmax. */
export type Link = "identity" | "log" | "logistic" | "softmax";

export interface ObjectiveSpec {
  readonly task: Task;
  readonly link: Link;
  /** The engine of WebAssembly, XGBoost 0.7, does not know it. */
  readonly nativeOnly: boolean;
  /** What early stopping watches unless told otherwise, as in XGBoost. */
  readonly metric: string;
  /** Targets that it can learn; every number where it is left out. */
  readonly target?: { readonly isAllowed: (value: number) => boolean; readonly range: string };
  /** Name of its own parameters in XGBoost's JSON model, with ours that go there. */
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

/** How the sum of the leaves becomes an answer; names as in XGBoost. */
export type Objective = keyof typeof objectives;

export const objectiveNames = Object.keys(objectives) as readonly Objective[];

/** As the contract sees it, with what only some have. */
export function objectiveSpec(objective: Objective): ObjectiveSpec {
  return objectives[objective];
}

/** The one that a task has unless told otherwise. */
export const usualObjectives: Readonly<Record<Task, Objective>> = {
  regression: "reg:squarederror",
  binary: "binary:logistic",
  multiclass: "multi:softprob",
};
