/** Imports a model that XGBoost saved as JSON, from any language. */
import type { FittedEstimator } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import { readEnsemble } from "../estimators/xgboost/ensemble.ts";
import { objectives } from "../estimators/xgboost/objectives.ts";
import { parseJsonModel, type JsonModel } from "../estimators/xgboost/formats/parseJsonModel.ts";

/**
 * Unnamed features are called f0, f1, … as in XGBoost. Such a file has no training parameters.
 *
 * @throws {MlctlError} kind "data" with the reason if the bytes are not a model that mlctl supports
 */
export function importModel(bytes: Uint8Array): FittedEstimator {
  const { ensemble, featureNames, featureCount, version } = parse(bytes);
  const { task } = objectives[ensemble.objective];
  const fitted: FittedEstimator = {
    family: "xgboost",
    params: {},
    engine: `imported from XGBoost ${version}`,
    featureNames: featureNames ?? Array.from({ length: featureCount }, (_, column) => `f${column}`),
    task,
    classCount: task === "regression" ? 0 : Math.max(2, ensemble.outputCount),
    state: ensemble,
  };
  readEnsemble(fitted); // throws if a column does not exist or a path does not end in a leaf
  return fitted;
}

function parse(bytes: Uint8Array): JsonModel {
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
