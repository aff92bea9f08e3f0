/** Parameters of the xgboost family; names, ranges and defaults as in XGBoost. */
import { type ParamSpec, param, positive } from "../../core/paramSpec.ts";
import { metricsOfTask, objectiveNames } from "./ensemble.ts";

const share = { ...positive, default: 1, maximum: 1 } as const;

const amount = { type: "number", minimum: 0 } as const;

const whole = (minimum: number, maximum?: number) => ({ type: "integer", minimum, maximum }) as const;

export const xgboostParams: readonly ParamSpec[] = [
  param(
    "engine",
    { type: "choice", default: "auto", choices: ["auto", "wasm", "native"] },
    "native: installed libxgboost; wasm: built-in XGBoost; auto: native if installed",
  ),
  param(
    "objective",
    { type: "choice", default: null, choices: objectiveNames },
    "loss to minimize; null: squared error, or log loss for classification. count:poisson, reg:gamma and reg:tweedie are for counts and amounts; reg:squaredlogerror, reg:pseudohubererror and reg:absoluteerror need the native engine",
  ),
  param(
    "n_estimators",
    { ...whole(1, 100_000), default: 100 },
    "number of boosting rounds: one tree each, or one per class for more than two classes",
  ),
  param(
    "max_depth",
    { ...whole(0, 100), default: 6 },
    "maximum depth of a tree; 0: no limit, which needs max_leaves and grow_policy lossguide",
  ),
  param("max_leaves", { ...whole(0), default: 0 }, "maximum number of leaves per tree (hist only); 0: no limit"),
  param(
    "grow_policy",
    { type: "choice", default: "depthwise", choices: ["depthwise", "lossguide"] },
    "depthwise: split level by level; lossguide: split the node with the largest loss reduction (hist only)",
  ),
  param(
    "learning_rate",
    { ...positive, default: 0.3, maximum: 1 },
    "shrinkage of each tree; 0.3 is XGBoost's default, 0.05 to 0.1 with more trees is often better",
  ),
  param(
    "min_child_weight",
    { ...amount, default: 1 },
    "minimum sum of second derivatives in a leaf; for squared error the number of rows",
  ),
  param("gamma", { ...amount, default: 0 }, "minimum loss reduction of a split"),
  param("reg_lambda", { ...amount, default: 1 }, "L2 penalty on the leaf values"),
  param("reg_alpha", { ...amount, default: 0 }, "L1 penalty on the leaf values"),
  param("subsample", share, "share of the rows sampled for each tree"),
  param("colsample_bytree", share, "share of the features sampled for each tree"),
  param("colsample_bylevel", share, "share of the features sampled for each level"),
  param("colsample_bynode", share, "share of the features sampled for each split (native engine only)"),
  param(
    "num_parallel_tree",
    { ...whole(1, 10_000), default: 1 },
    "trees per round; more than 1 with subsample below 1, learning_rate 1 and n_estimators 1 is a random forest",
  ),
  param(
    "max_delta_step",
    { ...amount, default: null },
    "maximum absolute leaf value; 0: no limit; null: 0.7 for count:poisson, else 0",
  ),
  param(
    "tweedie_variance_power",
    { type: "number", default: 1.5, minimum: 1, exclusiveMinimum: true, maximum: 1.999 },
    "for reg:tweedie: near 1 is close to Poisson, near 2 close to gamma",
  ),
  param(
    "huber_slope",
    { ...positive, default: 1 },
    "for reg:pseudohubererror: larger errors count linearly, smaller ones quadratically",
  ),
  param("scale_pos_weight", { ...positive, default: 1 }, "weight of the positive class (binary classification)"),
  param(
    "base_score",
    { type: "number", default: null },
    "initial prediction: a value, or a probability between 0 and 1; null: 0.5, or the median for reg:absoluteerror",
  ),
  param(
    "tree_method",
    { type: "choice", default: "auto", choices: ["auto", "exact", "approx", "hist"] },
    "split search; auto: exact up to 100,000 rows, hist for more",
  ),
  param("max_bin", { ...whole(2, 65_536), default: 256 }, "maximum number of bins for hist and approx"),
  param(
    "monotone_constraints",
    { type: "directions", default: null },
    "features that may only raise (1) or lower (-1) the prediction",
  ),
  param(
    "interaction_constraints",
    { type: "groups", default: null },
    "groups of features that may interact on a path; other features may not interact (native engine only)",
  ),
  param(
    "early_stopping_rounds",
    { ...whole(1, 10_000), default: null },
    "stop after this number of rounds without improvement on held-out training rows, then train on all training rows with the best number of rounds; null: n_estimators rounds",
  ),
  param(
    "early_stopping_fraction",
    { type: "number", default: 0.1, minimum: 0, maximum: 0.5 },
    "share of the training rows held out for early stopping; the latest rows if rows have a time; 0: if the validation rows select the model and train.refit is set, they stop it, which saves a fit, else 0.1",
  ),
  param(
    "eval_metric",
    { type: "choice", default: null, choices: Object.values(metricsOfTask).flat() },
    "metric of early stopping; null: default of the objective, e.g. rmse or logloss",
  ),
  param(
    "best_iteration",
    { ...whole(0), default: null },
    "last round to keep, counted from 0, as found by early stopping; if set, early stopping is skipped",
  ),
  param(
    "nthread",
    { ...whole(1, 1024), default: null },
    "number of threads (native engine only); null: all cores, or one for small data. Does not change the trees",
  ),
];
