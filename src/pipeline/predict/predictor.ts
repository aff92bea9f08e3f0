/** From a model to a function of tables: the one path that score, predict, serve and monitor take. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedTransform, Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Table } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { compileTransforms } from "../../features/compileTransforms.ts";
import { historyGaps } from "../../features/historyGaps.ts";
import { calibrate } from "./calibrate.ts";
import { applyThreshold } from "./applyThreshold.ts";

/** What of a model is needed to predict. */
export type PredictingModel = Pick<Model, "transforms" | "estimator" | "threshold" | "calibration">;

/**
 * @returns a function from a table of the model's inputs (see conformTable, rowReader) to predictions, state loaded once;
 *   it throws {MlctlError} kind "data" for a row that the model's history does not reach: no answer is better than another row's
 */
export function predictor(model: PredictingModel): (table: Table) => Prediction {
  const { task, classCount } = model.estimator;
  const loaded = findEstimator(model.estimator.family).load(model.estimator);
  const toMatrix = compileTransforms(model.transforms);
  const refuse = refuseGaps(model.transforms);
  return (table) => {
    refuse(table);
    const raw = calibrate(loaded.predict(toMatrix(table)), model.calibration);
    return applyThreshold(raw, { task, classCount, threshold: model.threshold });
  };
}

/** @returns a function that throws {MlctlError} kind "data" where the history does not reach a row of a table */
export function refuseGaps(transforms: readonly FittedTransform[]): (table: Table) => void {
  const gapsOf = historyGaps(transforms);
  return (table) => {
    const gap = gapsOf?.(table).find((each) => each?.kind === "missing");
    if (gap) throw new MlctlError("data", gap.message, { hint: "ingest newer rows and train again" });
  };
}
