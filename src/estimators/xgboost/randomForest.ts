/** Random forest: XGBoost's trees grown side by side (num_parallel_tree), with the parameters of scikit-learn's. */
import { param } from "../../core/paramSpec.ts";
import type { Estimator, FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/table.ts";
import { mean } from "../../stats/descriptive.ts";
import { resolveParams } from "../fittedState.ts";
import { readEnsemble, type TreeEnsemble, type Tree } from "./ensemble.ts";
import { xgboost } from "./xgboost.ts";
import { xgboostParams } from "./xgboostParams.ts";
import { attempt } from "../../core/errors.ts";
import { holdOut, partOf } from "./train/stopEarly.ts";
import { lbfgs, type Objective } from "../logistic/lbfgs.ts";
import { treePredictor } from "./predict/treePredictor.ts";

const family = "random_forest";

/** A leaf has at least this share of the rows, so that the model of many rows is some megabytes. */
const LEAF_SHARE = 1 / 3000;

/** With fewer rows, fewer bins are as good, in half the time. */
const FEW_ROWS = 10_000;

const shareSpec = { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 1 } as const;

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
    { ...shareSpec, default: null },
    "share of the features sampled for each split (wasm engine: for each level); null: 0.5 for regression, for classification the square root of their number",
  ),
  param("max_samples", { ...shareSpec, default: 0.8 }, "share of the rows sampled for each tree, without replacement"),
  ...xgboostParams.filter(({ name }) => name === "monotone_constraints" || name === "nthread"),
];

const { stages: _stages, ...trees } = xgboost;

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
    const own = { ...options, ranks: undefined, takesX: false, params: { ...resolved, engine } };
    const grown = await grow(X, y, own);
    const state = options.task === "regression" ? grown : await scaleLeaves(grown, X, y, own);
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

/** Each leaf gets this number of rows with the class shares of all rows: its own few rows say little of a rare class. */
const PRIOR_ROWS = 20;
const HELD_OUT_SHARE = 0.25;
/** With fewer rows, or rows that are all of one time or group, the leaves keep their scale. */
const FEWEST_ROWS = 40;

/** Trees grown from equal shares: each share, and the second derivative of the log loss, which all rows have. */
export function firstRound({ task, classCount }: Pick<FitOptions, "task" | "classCount">) {
  if (task === "regression") return { share: 0, hessian: 1 };
  const share = 1 / classCount;
  // XGBoost doubles it for softmax
  return { share, hessian: (task === "binary" ? 1 : 2) * share * (1 - share) };
}

/**
 * A leaf of the first round is (share of the class − share at the start) / hessian / trees, which gives its share back.
 * @param count number of trees per output
 */
export function logShares(
  ensemble: TreeEnsemble,
  y: Float64Array,
  { task, classCount, sampleWeight }: FitOptions,
  count: number,
): TreeEnsemble {
  const first = firstRound({ task, classCount });
  const totals = new Float64Array(classCount);
  y.forEach((code, row) => (totals[code]! += sampleWeight?.[row] ?? 1));
  const total = totals.reduce((sum, each) => sum + each, 0);
  return mapLeaves(ensemble, (value, output, cover) => {
    const prior = totals[ensemble.outputCount === 1 ? 1 : output]! / total;
    const rows = cover / first.hessian;
    const own = Math.min(1, Math.max(0, first.share + first.hessian * value * count));
    const share = Math.min(1 - 1e-7, Math.max(1e-7, (own * rows + prior * PRIOR_ROWS) / (rows + PRIOR_ROWS)));
    return (Math.log(share) - (ensemble.outputCount === 1 ? Math.log(1 - share) : 0)) / count;
  });
}

/**
 * Averages of log-odds are too close to the class shares: multiplies and shifts them by what is best for the log loss of
 * held-out rows, predicted by a forest of the others.
 */
export async function scaleLeaves(
  ensemble: TreeEnsemble,
  X: Matrix,
  y: Float64Array,
  options: FitOptions,
): Promise<TreeEnsemble> {
  const { times, groups } = options;
  if (y.length < FEWEST_ROWS || new Set<unknown>(times ?? groups).size === 1) return ensemble;
  const parts = attempt(
    () => holdOut(y, { ...options, share: HELD_OUT_SHARE }),
    () => undefined,
  );
  if (parts === undefined) return ensemble;
  const [training, heldOut] = [parts.training, parts.heldOut].map((rows) => partOf({ X, y, ...options }, rows));
  const grown = await grow(training!.X, training!.y, { ...options, sampleWeight: training!.sampleWeight });
  const { weights } = await lbfgs(logLoss(treePredictor(grown).margins(heldOut!.X), heldOut!), start(options), {
    maxIterations: 100,
    tolerance: 1e-6,
    signal: options.signal,
  });
  const count = ensemble.trees.length / ensemble.outputCount;
  const offset = (output: number): number =>
    ensemble.outputCount === 1 ? weights[2]! - weights[1]! : weights[output + 1]!;
  return mapLeaves(ensemble, (value, output) => weights[0]! * value + offset(output) / count);
}

/** Scale, then one offset per class. */
function start({ classCount }: FitOptions) {
  return { weights: Float64Array.from({ length: classCount + 1 }, (_, i) => (i === 0 ? 1 : 0)), pairs: [] };
}

/** Mean log loss of the softmax of scale · margin + offset, with a penalty of one row. */
function logLoss(
  margins: Float32Array,
  { y, sampleWeight }: { readonly y: Float64Array; readonly sampleWeight?: Float64Array },
): Objective {
  const outputCount = margins.length / y.length;
  const classCount = Math.max(2, outputCount);
  const marginOf = (row: number, code: number): number =>
    outputCount > 1 ? margins[row * outputCount + code]! : code === 0 ? 0 : margins[row]!;
  return {
    size: classCount + 1,
    async evaluate(weights, gradient) {
      const scores = new Float64Array(classCount);
      let loss = (weights[0]! - 1) ** 2 / 2;
      gradient.fill(0);
      gradient[0] = weights[0]! - 1;
      for (let code = 0; code < classCount; code++) {
        loss += weights[code + 1]! ** 2 / 2;
        gradient[code + 1] = weights[code + 1]!;
      }
      for (let row = 0; row < y.length; row++) {
        const weight = sampleWeight?.[row] ?? 1;
        for (let code = 0; code < classCount; code++)
          scores[code] = weights[0]! * marginOf(row, code) + weights[code + 1]!;
        const largest = Math.max(...scores);
        const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0);
        loss += weight * (largest + Math.log(sum) - scores[y[row]!]!);
        for (let code = 0; code < classCount; code++) {
          const error = weight * (Math.exp(scores[code]! - largest) / sum - (y[row] === code ? 1 : 0));
          gradient[0]! += error * marginOf(row, code);
          gradient[code + 1]! += error;
        }
      }
      for (let i = 0; i < gradient.length; i++) gradient[i]! /= y.length;
      return loss / y.length;
    },
  };
}

function mapLeaves(
  ensemble: TreeEnsemble,
  valueOf: (value: number, output: number, cover: number) => number,
): TreeEnsemble {
  const leaves = (tree: Tree, output: number): Tree => {
    const value = tree.value.map((each, node) =>
      tree.feature[node] === -1 ? rounded(valueOf(each, output, tree.cover[node]!)) : each,
    );
    return { ...tree, value };
  };
  return { ...ensemble, baseMargin: 0, trees: ensemble.trees.map((tree, t) => leaves(tree, t % ensemble.outputCount)) };
}

/** More digits than the rows of a leaf support only make the model file larger. */
function rounded(value: number): number {
  return Number(value.toPrecision(5)) + 0;
}
