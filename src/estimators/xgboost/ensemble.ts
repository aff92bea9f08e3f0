/** TreeEnsemble: boosted trees as plain JSON, independent of the engine; all that prediction needs. */
import type { FittedEstimator } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { finiteNumber, isNumberList, unfit } from "../fittedState.ts";
import type { Task } from "../../core/table/table.ts";
import { MlctlError, RowError } from "../../core/errors.ts";

/**
 * One tree: lists with one entry per node, node 0 is the root. A row goes left if its float32 value is below `value`,
 * else right; `missingLeft` decides for missing values. All numbers are shortest decimals of float32.
 */
export type Tree = {
  /** Column that the node tests; −1 in a leaf. */
  readonly feature: readonly number[];
  /** Threshold; in a leaf its value. */
  readonly value: readonly number[];
  /** Left child, the right child is the next node; 0 in a leaf. */
  readonly left: readonly number[];
  /** 1 if missing values go left. */
  readonly missingLeft: readonly number[];
  /** Loss reduction of the split; 0 in a leaf. */
  readonly gain: readonly number[];
  /** Sum of the second derivatives of the training rows in the node; for squared error their number. */
  readonly cover: readonly number[];
};

export type TreeEnsemble = {
  readonly objective: Objective;
  /** Added to the sum of the leaf values, before exp, sigmoid or softmax. */
  readonly baseMargin: number;
  /** 1, or the number of classes. Trees t, t + outputCount, … add up to output t. */
  readonly outputCount: number;
  readonly trees: readonly Tree[];
};

/** Number of features that trees were validated for: a search loads the same trees several times. */
const validTrees = new WeakMap<object, number>();

/** Lists of a tree other than `feature`. */
const LISTS = ["value", "left", "missingLeft", "gain", "cover"] as const;

/** @throws {MlctlError} kind "data" if the state is not an ensemble in which every path ends in a leaf */
export function readEnsemble(fitted: FittedEstimator): TreeEnsemble {
  const state: JsonObject = fitted.state;
  const objective = objectiveNames.find((name) => name === state.objective);
  if (objective === undefined) throw unfit(fitted, "objective", `one of ${objectiveNames.join(", ")}`);
  const outputCount = finiteNumber(fitted, "outputCount", state.outputCount);
  if (outputCount !== Math.max(1, fitted.classCount > 2 ? fitted.classCount : 1)) {
    throw unfit(fitted, "outputCount", "the number of classes");
  }
  const baseMargin = finiteNumber(fitted, "baseMargin", state.baseMargin);
  const trees: Json = state.trees ?? null;
  if (!Array.isArray(trees)) throw unfit(fitted, "trees", "a list");
  trees.forEach((tree: Json, index) => checkTree(fitted, tree, index));
  return { objective, baseMargin, outputCount, trees: trees as readonly Tree[] };
}

/** Checks that children come after their parents and inside the lists, so that no path leaves the tree or loops. */
function checkTree(fitted: FittedEstimator, tree: Json, index: number): void {
  const key = `trees[${index}]`;
  if (tree === null || typeof tree !== "object" || Array.isArray(tree)) throw unfit(fitted, key, "a tree");
  const width = fitted.featureNames.length;
  if (validTrees.get(tree) === width) return;
  const { feature, ...lists } = tree as JsonObject;
  if (!isNumberList(feature)) throw unfit(fitted, `${key}.feature`, "a list of numbers");
  const size = feature.length;
  for (const name of LISTS) {
    const list = lists[name];
    if (!isNumberList(list) || list.length !== size) throw unfit(fitted, `${key}.${name}`, `a list of ${size} numbers`);
  }
  const left = lists.left as readonly number[];
  if (size === 0) throw unfit(fitted, key, "a tree");
  for (let node = 0; node < size; node++) {
    const column = feature[node]!;
    if (column === -1) continue;
    const isColumn = Number.isInteger(column) && column >= 0 && column < width;
    const child = left[node]!;
    if (!isColumn || !Number.isInteger(child) || child <= node || child + 1 >= size) throw unfit(fitted, key, "a tree");
  }
  validTrees.set(tree, width);
}

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
