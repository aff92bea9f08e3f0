/** Parameters of the xgboost family; names, ranges and defaults as in XGBoost. */
import type { ParamSpec } from "../../core/estimator.ts";
import { positive } from "../params.ts";
import { objectiveNames } from "./objectives.ts";
import { metricsOfTask } from "./train/roundMetrics.ts";

const share = { ...positive, default: 1, maximum: 1 } as const;

const amount = { type: "number", minimum: 0 } as const;

const whole = (minimum: number, maximum?: number) => ({ type: "integer", minimum, maximum }) as const;

export const xgboostParams: readonly ParamSpec[] = [
  {
    name: "engine",
    type: "choice",
    default: "auto",
    choices: ["auto", "wasm", "native"],
    description: "native: installed libxgboost; wasm: built-in XGBoost; auto: native if installed",
  },
  {
    name: "objective",
    type: "choice",
    default: null,
    choices: objectiveNames,
    description:
      "loss to minimize; null: squared error, or log loss for classification. count:poisson, reg:gamma and reg:tweedie are for counts and amounts; reg:squaredlogerror, reg:pseudohubererror and reg:absoluteerror need the native engine",
  },
  {
    name: "n_estimators",
    ...whole(1, 100_000),
    default: 100,
    description: "number of boosting rounds: one tree each, or one per class for more than two classes",
  },
  {
    name: "max_depth",
    ...whole(0, 100),
    default: 6,
    description: "maximum depth of a tree; 0: no limit, which needs max_leaves and grow_policy lossguide",
  },
  {
    name: "max_leaves",
    ...whole(0),
    default: 0,
    description: "maximum number of leaves per tree (hist only); 0: no limit",
  },
  {
    name: "grow_policy",
    type: "choice",
    default: "depthwise",
    choices: ["depthwise", "lossguide"],
    description:
      "depthwise: split level by level; lossguide: split the node with the largest loss reduction (hist only)",
  },
  {
    name: "learning_rate",
    ...positive,
    default: 0.3,
    maximum: 1,
    description: "shrinkage of each tree; 0.3 is XGBoost's default, 0.05 to 0.1 with more trees is often better",
  },
  {
    name: "min_child_weight",
    ...amount,
    default: 1,
    description: "minimum sum of second derivatives in a leaf; for squared error the number of rows",
  },
  { name: "gamma", ...amount, default: 0, description: "minimum loss reduction of a split" },
  { name: "reg_lambda", ...amount, default: 1, description: "L2 penalty on the leaf values" },
  { name: "reg_alpha", ...amount, default: 0, description: "L1 penalty on the leaf values" },
  { name: "subsample", ...share, description: "share of the rows sampled for each tree" },
  { name: "colsample_bytree", ...share, description: "share of the features sampled for each tree" },
  { name: "colsample_bylevel", ...share, description: "share of the features sampled for each level" },
  {
    name: "colsample_bynode",
    ...share,
    description: "share of the features sampled for each split (native engine only)",
  },
  {
    name: "num_parallel_tree",
    ...whole(1, 10_000),
    default: 1,
    description:
      "trees per round; more than 1 with subsample below 1, learning_rate 1 and n_estimators 1 is a random forest",
  },
  {
    name: "max_delta_step",
    ...amount,
    default: null,
    description: "maximum absolute leaf value; 0: no limit; null: 0.7 for count:poisson, else 0",
  },
  {
    name: "tweedie_variance_power",
    type: "number",
    default: 1.5,
    minimum: 1,
    exclusiveMinimum: true,
    maximum: 1.999,
    description: "for reg:tweedie: near 1 is close to Poisson, near 2 close to gamma",
  },
  {
    name: "huber_slope",
    ...positive,
    default: 1,
    description: "for reg:pseudohubererror: larger errors count linearly, smaller ones quadratically",
  },
  {
    name: "scale_pos_weight",
    ...positive,
    default: 1,
    description: "weight of the positive class (binary classification)",
  },
  {
    name: "base_score",
    type: "number",
    default: null,
    description:
      "initial prediction: a value, or a probability between 0 and 1; null: 0.5, or the median for reg:absoluteerror",
  },
  {
    name: "tree_method",
    type: "choice",
    default: "auto",
    choices: ["auto", "exact", "approx", "hist"],
    description: "split search; auto: exact up to 100,000 rows, hist for more",
  },
  { name: "max_bin", ...whole(2, 65_536), default: 256, description: "maximum number of bins for hist and approx" },
  {
    name: "monotone_constraints",
    type: "directions",
    default: null,
    description: "features that may only raise (1) or lower (-1) the prediction",
  },
  {
    name: "interaction_constraints",
    type: "groups",
    default: null,
    description: "groups of features that may interact on a path; other features may not interact (native engine only)",
  },
  {
    name: "early_stopping_rounds",
    ...whole(1, 10_000),
    default: null,
    description:
      "stop after this number of rounds without improvement on held-out training rows, then train on all training rows with the best number of rounds; null: n_estimators rounds",
  },
  {
    name: "early_stopping_fraction",
    ...positive,
    default: 0.1,
    maximum: 0.5,
    description: "share of the training rows held out for early stopping; the latest rows if rows have a time",
  },
  {
    name: "eval_metric",
    type: "choice",
    default: null,
    choices: Object.values(metricsOfTask).flat(),
    description: "metric of early stopping; null: default of the objective, e.g. rmse or logloss",
  },
  {
    name: "best_iteration",
    ...whole(0),
    default: null,
    description: "last round to keep, counted from 0, as found by early stopping; if set, early stopping is skipped",
  },
  {
    name: "nthread",
    ...whole(1, 1024),
    default: null,
    description:
      "number of threads (native engine only); null: all cores, or one for small data. Does not change the trees",
  },
];
