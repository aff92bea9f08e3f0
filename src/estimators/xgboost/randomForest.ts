/** Random forest: XGBoost's trees grown side by side (num_parallel_tree), with the parameters of scikit-learn's. */
import { param } from "../../core/paramSpec.ts";
import type { Estimator, FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { mean } from "../../stats/mean.ts";
import { resolveParams } from "../params.ts";
import { readEnsemble, type TreeEnsemble } from "./ensemble.ts";
import { firstRound, logShares, scaleLeaves } from "./train/forestLeaves.ts";
import { xgboost } from "./xgboost.ts";
import { xgboostParams } from "./xgboostParams.ts";

const family = "random_forest";

/** A leaf has at least this share of the rows, so that the model of many rows is some megabytes. */
const LEAF_SHARE = 1 / 3000;

/** With fewer rows, fewer bins are as good, in half the time. */
const FEW_ROWS = 10_000;

const share = { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 1 } as const;

const params = [
  ...xgboostParams.filter(({ name }) => name === "engine"),
  param("n_estimators", { type: "integer", minimum: 1, maximum: 10_000, default: 100 }, "number of trees"),
  param("max_depth", { type: "integer", minimum: 1, maximum: 100, default: 20 }, "maximum depth of a tree"),
  param(
    "min_samples_leaf",
    { type: "number", minimum: 0, default: null },
    "minimum number of rows in a leaf; null: 1 for regression, 5 for classification, more above 3,000 and 15,000 rows",
  ),
  param(
    "max_features",
    { ...share, default: null },
    "share of the features sampled for each split (wasm engine: for each level); null: 0.5 for regression, for classification the square root of their number",
  ),
  param("max_samples", { ...share, default: 0.8 }, "share of the rows sampled for each tree, without replacement"),
  ...xgboostParams.filter(({ name }) => name === "monotone_constraints" || name === "nthread"),
];

const { stages: _, ...trees } = xgboost;

/**
 * Regression averages the trees. Classification averages log-odds, so that SHAP values remain exact sums, and scales them
 * (`scaleLeaves`): averaged alone they would be worse probabilities than scikit-learn's averages of shares.
 */
export const randomForest = {
  ...trees,
  family,
  description: "random forest: deep trees, each of its own sample of rows and features, averaged",
  params,

  async fit(X, y, options): Promise<FittedEstimator> {
    const resolved = resolveParams(params, options.params, family);
    const { chooseEngine } = await import("./engines/chooseEngine.ts");
    const engine = (await chooseEngine(resolved.engine as string)).name;
    const own = { ...options, ranks: undefined, params: { ...resolved, engine } };
    const grown = await grow(X, y, own);
    const state = options.task === "regression" ? grown : await scaleLeaves(grown, X, y, own, grow);
    return {
      family,
      params: own.params,
      engine,
      featureNames: X.columnNames,
      task: options.task,
      classCount: options.classCount,
      state,
    };
  },
} satisfies Estimator;

async function grow(X: Matrix, y: Float64Array, options: FitOptions): Promise<TreeEnsemble> {
  const { task, params: given } = options;
  const width = X.columnNames.length;
  const isRegression = task === "regression";
  const features = (given.max_features ?? (isRegression ? 0.5 : 1 / Math.sqrt(width))) as number;
  const rows = (given.min_samples_leaf ?? Math.max(isRegression ? 1 : 5, X.rowCount * LEAF_SHARE)) as number;
  const fitted = await xgboost.fit(X, y, {
    ...options,
    params: {
      engine: given.engine!,
      n_estimators: 1,
      num_parallel_tree: given.n_estimators!,
      learning_rate: 1,
      max_depth: given.max_depth!,
      min_child_weight: rows * firstRound(options).hessian,
      reg_lambda: 0,
      subsample: given.max_samples!,
      // the wasm engine does not know bynode
      [given.engine === "native" ? "colsample_bynode" : "colsample_bylevel"]: Math.max(features, 1 / width),
      base_score: isRegression ? mean(y) : 0.5,
      tree_method: "hist",
      max_bin: X.rowCount < FEW_ROWS ? 64 : 256,
      monotone_constraints: given.monotone_constraints!,
      nthread: given.nthread!,
    },
  });
  const ensemble = readEnsemble(fitted);
  return isRegression ? ensemble : logShares(ensemble, y, options, given.n_estimators as number);
}
