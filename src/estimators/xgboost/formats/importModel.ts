/** Takes over a model that XGBoost itself saved as JSON, whatever language trained it. */
import type { FittedEstimator } from "../../../core/estimator.ts";
import { MlctlError } from "../../../core/errors.ts";
import { readEnsemble } from "../ensemble.ts";
import { objectives } from "../objectives.ts";
import { parseJsonModel } from "./parseJsonModel.ts";
import type { JsonModel } from "./parseJsonModel.ts";

/**
 * Features without names are called f0, f1, … as in XGBoost. Parameters are not in such a file.
 *
 * @throws {MlctlError} kind "data" with the reason where the bytes are no such model, or one that mlctl cannot answer for
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
  readEnsemble(fitted); // throws where a column is beyond the features or a walk would not end
  return fitted;
}

function parse(bytes: Uint8Array): JsonModel {
  try {
    return parseJsonModel(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
    throw new MlctlError("data", `this is no XGBoost model that can be read: ${cause.message}`, {
      cause,
      hint: 'save it in Python with booster.save_model("model.json")',
    });
  }
}
