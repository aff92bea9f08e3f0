/** Reads and validates the learned state of an estimator from a model file, which may have been edited by hand. */
import type { FittedEstimator, Predictor } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/table/matrix.ts";
import type { Json } from "../core/json.ts";

/** @throws {MlctlError} kind "data" unless `value` is a list of numbers, of length `length` if given */
export function numberList(
  fitted: FittedEstimator,
  key: string,
  value: Json | undefined,
  length?: number,
): Float64Array {
  if (!isNumberList(value)) throw unfit(fitted, key, "a list of numbers");
  if (length !== undefined && value.length !== length) throw unfit(fitted, key, `a list of ${length} numbers`);
  return Float64Array.from(value);
}

export function isNumberList(value: Json | undefined): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "number");
}

/** @throws {MlctlError} kind "data" unless `value` is a finite number */
export function finiteNumber(fitted: FittedEstimator, key: string, value: Json | undefined): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw unfit(fitted, key, "a number");
  return value;
}

export function unfit(fitted: FittedEstimator, key: string, expected: string): MlctlError {
  return new MlctlError("data", `cannot read the ${fitted.family} model: "${key}" in its state is not ${expected}`, {
    hint: "train again, or use the version of mlctl that saved the model",
  });
}

/** @throws {RangeError} if X has another number of features than the model, which would shift every feature */
export function requireWidth(X: Matrix, fitted: FittedEstimator): void {
  if (X.columnNames.length === fitted.featureNames.length) return;
  throw new RangeError(`the model expects ${fitted.featureNames.length} features, got ${X.columnNames.length}`);
}

/** @returns a predictor that requires the width of the model first */
export function ofWidth(fitted: FittedEstimator, predict: Predictor["predict"]): Predictor {
  return {
    predict(X) {
      requireWidth(X, fitted);
      return predict(X);
    },
  };
}
