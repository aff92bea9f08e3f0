/** The parameters of the family xgboost: names, ranges and defaults as in XGBoost. */
import type { ParamSpec } from "../../core/estimator.ts";
import { objectiveNames } from "./objectives.ts";
import { metricsOfTask } from "./train/roundMetrics.ts";

/** A share of rows or columns. */
const share = { type: "number", default: 1, minimum: 0, exclusiveMinimum: true, maximum: 1 } as const;
/** A number that is at least 0. */
const amount = { type: "number", minimum: 0 } as const;

export const xgboostParams: readonly ParamSpec[] = [
  {
    name: "engine",
    type: "choice",
    default: "auto",
    choices: ["auto", "wasm", "native"],
    description: "native: an installed libxgboost; wasm: the built-in one; auto: native where there is one",
  },
  {
    name: "objective",
    type: "choice",
    default: null,
    choices: objectiveNames,
    description:
      "what the trees make small; null: squared error, or log loss for classes. count:poisson, reg:gamma and reg:tweedie are for amounts; reg:squaredlogerror, reg:pseudohubererror and reg:absoluteerror need the native engine",
  },
  {
    name: "n_estimators",
    type: "integer",
    default: 100,
    minimum: 1,
    maximum: 100_000,
    description: "rounds of boosting: one tree each, for more than two classes one a class",
  },
  {
    name: "max_depth",
    type: "integer",
    default: 6,
    minimum: 0,
    maximum: 100,
    description: "deepest level of a tree; 0 is no limit, where max_leaves is one",
  },
  {
    name: "max_leaves",
    type: "integer",
    default: 0,
    minimum: 0,
    description: "most leaves of a tree, by hist; 0 is no limit",
  },
  {
    name: "grow_policy",
    type: "choice",
    default: "depthwise",
    choices: ["depthwise", "lossguide"],
    description: "what is split next: level by level, or, by hist, where the loss falls most",
  },
  {
    name: "learning_rate",
    type: "number",
    default: 0.3,
    minimum: 0,
    exclusiveMinimum: true,
    maximum: 1,
    description:
      "share of each tree that counts; 0.3 is XGBoost's default, 0.05 to 0.1 with more trees is often better",
  },
  { name: "min_child_weight", ...amount, default: 1, description: "least cover of a leaf: rows, for regression" },
  { name: "gamma", ...amount, default: 0, description: "least gain of a split" },
  { name: "reg_lambda", ...amount, default: 1, description: "L2 penalty on the leaves" },
  { name: "reg_alpha", ...amount, default: 0, description: "L1 penalty on the leaves" },
  { name: "subsample", ...share, description: "share of the rows drawn for each tree" },
  { name: "colsample_bytree", ...share, description: "share of the features drawn for each tree" },
  { name: "colsample_bylevel", ...share, description: "share of the features drawn for each level" },
  { name: "colsample_bynode", ...share, description: "share of the features drawn for each split (native engine)" },
  {
    name: "num_parallel_tree",
    type: "integer",
    default: 1,
    minimum: 1,
    maximum: 10_000,
    description: "trees a round: more than 1, with subsample and learning_rate 1, is a random forest",
  },
  {
    name: "max_delta_step",
    ...amount,
    default: null,
    description: "largest answer of a leaf; 0 is no limit; null: 0.7 for count:poisson, else 0",
  },
  {
    name: "tweedie_variance_power",
    type: "number",
    default: 1.5,
    minimum: 1,
    exclusiveMinimum: true,
    maximum: 1.999,
    description: "reg:tweedie: near 1 as Poisson, near 2 as gamma",
  },
  {
    name: "huber_slope",
    type: "number",
    default: 1,
    minimum: 0,
    exclusiveMinimum: true,
    description: "reg:pseudohubererror: errors well beyond it count by their size, smaller ones by its square",
  },
  {
    name: "scale_pos_weight",
    type: "number",
    default: 1,
    minimum: 0,
    exclusiveMinimum: true,
    description: "weight of the positive class, for two classes",
  },
  {
    name: "base_score",
    type: "number",
    default: null,
    description:
      "answer before the first tree: a value, or a probability between 0 and 1; null: 0.5, the median for reg:absoluteerror",
  },
  {
    name: "tree_method",
    type: "choice",
    default: "auto",
    choices: ["auto", "exact", "approx", "hist"],
    description: "how splits are searched; auto: exact up to 100,000 rows, hist beyond",
  },
  {
    name: "max_bin",
    type: "integer",
    default: 256,
    minimum: 2,
    maximum: 65_536,
    description: "bins of hist and approx",
  },
  {
    name: "monotone_constraints",
    type: "directions",
    default: null,
    description: "features that may only raise (1) or lower (-1) the answer",
  },
  {
    name: "interaction_constraints",
    type: "groups",
    default: null,
    description: "groups of features that may meet on one path; others stand alone (native engine)",
  },
  {
    name: "early_stopping_rounds",
    type: "integer",
    default: null,
    minimum: 1,
    maximum: 10_000,
    description:
      "stop after so many rounds that did no better on training rows set aside, then train on all of them with the best number of rounds; null: n_estimators rounds",
  },
  {
    name: "early_stopping_fraction",
    type: "number",
    default: 0.1,
    minimum: 0,
    exclusiveMinimum: true,
    maximum: 0.5,
    description: "share of the training rows set aside for early stopping: the last ones where rows have a time",
  },
  {
    name: "eval_metric",
    type: "choice",
    default: null,
    choices: Object.values(metricsOfTask).flat(),
    description: "what early stopping watches; null: the objective's own, e.g. rmse or logloss",
  },
  {
    name: "best_iteration",
    type: "integer",
    default: null,
    minimum: 0,
    description: "last round that is kept, counted from 0: what early stopping found; set, nothing is searched",
  },
  {
    name: "nthread",
    type: "integer",
    default: null,
    minimum: 1,
    maximum: 1024,
    description:
      "threads of the native engine; null: all cores, one for small data. The trees are the same with any number",
  },
];
