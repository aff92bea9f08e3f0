/** Turns a model into a prediction function, which score, predict, serve and monitor share. */
import { MlctlError } from "../../core/errors.ts";
import type { FittedTransform, Model, Calibration } from "../../core/records/model.ts";
import type { Prediction } from "../../core/metric.ts";
import type { Table, Task } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { compileTransforms, historyGaps } from "../../features/compileTransforms.ts";
import { logOdds } from "../../stats/softmax.ts";

/** The parts of a model needed for prediction. */
export type PredictingModel = Pick<Model, "transforms" | "estimator" | "threshold" | "calibration">;

/**
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

/** Regression: the values. Binary: class 1 from the threshold on, null: 0.5. Multiclass: the most probable class, the first on ties. */
export function applyThreshold(
  raw: Float64Array,
  { task, classCount, threshold }: { task: Task; classCount: number; threshold: number | null },
): Prediction {
  if (task === "regression") return { yPred: raw, probabilities: null };
  if (task === "binary")
    return { yPred: raw.map((share) => (share >= (threshold ?? 0.5) ? 1 : 0)), probabilities: raw };
  const yPred = new Float64Array(raw.length / classCount);
  for (let row = 0; row < yPred.length; row++) {
    const start = row * classCount;
    let best = 0;
    for (let code = 1; code < classCount; code++) if (raw[start + code]! > raw[start + best]!) best = code;
    yPred[row] = best;
  }
  return { yPred, probabilities: raw };
}

/** @param probabilities of class 1 */
export function calibrate(probabilities: Float64Array, calibration: Calibration | null | undefined): Float64Array {
  if (!calibration) return probabilities;
  const { slope, intercept } = calibration;
  return probabilities.map((share) => 1 / (1 + Math.exp(-(slope * logOdds(share) + intercept))));
}

/** Whether a model's probabilities can be taken as they are. */
export function isCalibrated({ calibration, estimator }: Pick<Model, "calibration" | "estimator">): boolean {
  return calibration !== undefined || findEstimator(estimator.family).calibrated === true;
}

/**
 * @param dataRows position of each row in its dataset, from 0
 * @throws {MlctlError} kind "data" naming the first row without a finite prediction
 */
export function requirePredictions(
  { yPred, probabilities }: Prediction,
  { family, dataRows }: { readonly family: string; readonly dataRows: Int32Array | undefined },
): void {
  const values = probabilities ?? yPred;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const row = Math.floor(at / (values.length / yPred.length));
  const message = `${family} predicts ${values[at]} for data row ${(dataRows?.[row] ?? row) + 1}`;
  const hint = Number.isNaN(values[at])
    ? 'fill its empty cells, or add { "type": "impute" } to "features" and train again'
    : "correct the numbers of this row";
  throw new MlctlError("data", message, { hint });
}
