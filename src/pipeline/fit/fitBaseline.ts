/** Fits the baseline, which uses no columns and which every model must beat. */
import type { FittedEstimator } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { partOf, type TrainingData } from "./partOf.ts";

/** @param rows positions of the training rows */
export async function fitBaseline(data: TrainingData, rows: Int32Array): Promise<FittedEstimator> {
  const { y, target } = partOf({ ...data, inputs: { rowCount: data.y.length, columns: [] } }, rows);
  const none: Matrix = { rowCount: rows.length, columnNames: [], values: new Float64Array(0) };
  const classCount = target.classes?.length ?? 0;
  const options = { task: target.task, classCount, params: {}, seed: 0 };
  // By name: records compare scores with this baseline, even if another family learns nothing from features either.
  return findEstimator("baseline").fit(none, y, options);
}
