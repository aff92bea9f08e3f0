/** Types of the logistic optimizers, which minimize a smooth convex function of a weight vector, and their line search. */
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

/** Share of the predicted decrease that a step must achieve (Armijo). */
const SUFFICIENT_DECREASE = 1e-4;
/** After this many halvings a step (2⁻⁴⁰) is below rounding. */
const MAX_HALVINGS = 40;
/** Relative rounding error of a sum of a million terms: about √10⁶ · 2⁻⁵². */
const ROUNDING = 1e-12;

/** Current point of an optimizer. */
export interface Position {
  readonly weights: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/**
 * The longest of the steps 1, ½, ¼ … with a sufficient decrease (Armijo); null if there is none.
 * @param hessian if given, overwritten with the Hessian at the new point
 */
export async function lineSearch(
  objective: Objective,
  { weights, gradient: before, value }: Position,
  direction: Float64Array,
  hessian: Float64Array | null = null,
): Promise<Position | null> {
  const slope = dot(before, direction);
  // Near the optimum the decrease is smaller than the rounding of the value; then the gradient decides.
  const rounding = ROUNDING * Math.abs(value);
  for (let halving = 0, step = 1; halving < MAX_HALVINGS; halving++, step /= 2) {
    const trial = weights.map((weight, j) => weight + step * direction[j]!);
    const gradient = new Float64Array(trial.length);
    const trialValue = await objective.evaluate(trial, gradient, hessian);
    // Strictly less: where the decrease is rounded away, equal values would be accepted for ever.
    const isDown = trialValue <= value + SUFFICIENT_DECREASE * step * slope && trialValue < value;
    const isFlat = trialValue <= value + rounding && largest(gradient) < largest(before);
    if (isDown || isFlat) return { weights: trial, gradient, value: trialValue };
  }
  return null;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** Largest absolute component. */
export function largest(values: Float64Array): number {
  return values.reduce((result, value) => Math.max(result, Math.abs(value)), 0);
}

export function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, j) => entry - b[j]!);
}
