/** Types of the logistic optimizers. An objective is a smooth convex function of a weight vector. */
import { MlctlError } from "../../core/errors.ts";
import type { Turns } from "../turns.ts";

export interface Objective {
  /** Number of weights. */
  readonly size: number;
  /**
   * Value at `weights`; overwrites `gradient` (size) and, if given, `hessian` (row-major size × size; only the upper
   * triangle is filled).
   */
  evaluate(weights: Float64Array, gradient: Float64Array, hessian: Float64Array | null): Promise<number>;
}

export interface Optimum {
  readonly weights: Float64Array;
  readonly iterations: number;
  /** False if `maxIterations` was reached first. */
  readonly converged: boolean;
}

export interface OptimizerOptions {
  readonly maxIterations: number;
  /** Stops when no component of the gradient is larger, as in scikit-learn. */
  readonly tolerance: number;
  readonly signal?: AbortSignal | undefined;
}

/** Training data and penalty; classes are 0 … k − 1, all present. */
export interface LogisticProblem {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row-major, (rowCount × columnCount). */
  readonly values: Float64Array;
  readonly y: Float64Array;
  readonly rowWeights: Float64Array | null;
  readonly classCount: number;
  /** Inverse of the penalty strength; the intercept is not penalized. */
  readonly C: number;
  readonly hasIntercept: boolean;
  readonly turns: Turns;
}

/** @throws {MlctlError} kind "data" if the value at the start of an optimization is NaN or infinite */
export function requireFinite(value: number): void {
  if (!Number.isFinite(value)) throw overflow();
}

export function overflow(): MlctlError {
  return new MlctlError("data", "logistic_regression overflows: its features, weights or penalty are too large", {
    hint: "standardize the features, and use moderate class weights and C",
  });
}
