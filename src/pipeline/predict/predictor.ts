/** Turns a model into a prediction function, which score, predict, serve and monitor share. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedTransform, Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Table } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { compileTransforms } from "../../features/compileTransforms.ts";
import { historyGaps } from "../../features/history.ts";
import { calibrate } from "./calibrate.ts";
import { applyThreshold } from "./applyThreshold.ts";

/** The parts of a model needed for prediction. */
export type PredictingModel = Pick<Model, "transforms" | "estimator" | "threshold" | "calibration">;

/**
 * Loads the model's state once.
 * @returns a function from a table of the model's inputs (see conformTable, rowReader) to predictions. It throws
 *   {MlctlError} kind "data" for a row that the model's history does not reach.
 */
export function predictor(
  model: PredictingModel,
  loaded = findEstimator(model.estimator.family).load(model.estimator),
): (table: Table) => Prediction {
  const { task, classCount } = model.estimator;
  const toMatrix = compileTransforms(model.transforms);
  const checkHistory = requireHistory(model.transforms);
  return (table) => {
    checkHistory(table);
    const raw = calibrate(loaded.predict(toMatrix(table)), model.calibration);
    return applyThreshold(raw, { task, classCount, threshold: model.threshold });
  };
}

/** @returns a function that throws {MlctlError} kind "data" if the history does not reach a row of the table */
export function requireHistory(transforms: readonly FittedTransform[]): (table: Table) => void {
  const gapsOf = historyGaps(transforms);
  return (table) => {
    const gap = gapsOf?.(table).find((each) => each?.kind === "missing");
    if (gap) throw new MlctlError("data", gap.message, { hint: "ingest newer rows and train again" });
  };
}
