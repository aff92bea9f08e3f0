/** Imports a model that XGBoost saved as JSON, from any language. */
import type { Tree } from "../estimators/xgboost/ensemble.ts";
import type { Matrix } from "../core/table/table.ts";
import type { FittedEstimator } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import { readEnsemble, type TreeEnsemble, objectives } from "../estimators/xgboost/ensemble.ts";
import { parseJsonModel } from "../estimators/xgboost/formats/treeFormat.ts";

/**
 * Unnamed features are called f0, f1, … as in XGBoost. Such a file has no training parameters.
 *
 * @throws {MlctlError} kind "data" with the reason if the bytes are not a model that mlctl supports
 */
export function importModel(bytes: Uint8Array): FittedEstimator {
  const ensemble = parse(bytes);
  const { learner, version = [] } = JSON.parse(new TextDecoder().decode(bytes)) as {
    readonly version?: readonly number[];
    readonly learner: {
      readonly feature_names: readonly string[];
      readonly learner_model_param: { readonly num_feature: string };
    };
  };
  const count = Number(learner.learner_model_param.num_feature);
  const { task } = objectives[ensemble.objective];
  const fitted: FittedEstimator = {
    family: "xgboost",
    params: {},
    engine: `imported from XGBoost ${version.join(".")}`,
    featureNames: Array.from({ length: count }, (_, column) => learner.feature_names[column] ?? `f${column}`),
    task,
    classCount: task === "regression" ? 0 : Math.max(2, ensemble.outputCount),
    state: ensemble,
  };
  readEnsemble(fitted); // throws if a column does not exist or a path does not end in a leaf
  return fitted;
}

function parse(bytes: Uint8Array): TreeEnsemble {
  try {
    return parseJsonModel(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
    throw new MlctlError("data", `cannot read the XGBoost model: ${cause.message}`, {
      cause,
      hint: 'save it in Python with booster.save_model("model.json")',
    });
  }
}

/**
 * The leaf that each row reaches in each tree, by a plain walk: what predictors are compared with.
 * @returns leaf number within each tree, row-major (n_samples × n_trees); XGBoost's `pred_leaf` in our numbering
 */
export function leavesOf(trees: readonly Tree[], { rowCount, columnNames, values }: Matrix): Int32Array {
  return Int32Array.from({ length: rowCount * trees.length }, (_, at) => {
    const { feature, value, left, missingLeft } = trees[at % trees.length]!;
    const first = Math.floor(at / trees.length) * columnNames.length;
    let node = 0;
    while (feature[node]! >= 0) {
      const entry = Math.fround(values[first + feature[node]!]!);
      const goesLeft = Number.isNaN(entry) ? missingLeft[node] === 1 : entry < Math.fround(value[node]!);
      node = left[node]! + (goesLeft ? 0 : 1);
    }
    return node;
  });
}
