/** Newton's method with line search, for few weights: converges quadratically, so coefficients are exact. */
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  dot,
  largest,
  lineSearch,
  type Objective,
  type OptimizerOptions,
  type Optimum,
  overflow,
  type Position,
  requireFinite,
  subtract,
} from "./objective.ts";

/** With a borrowed Hessian each step must shrink the gradient by this factor, or the exact Hessian is computed. */
const WORTHWHILE = 4;

export interface NewtonOptimum extends Optimum {
  /** Hessian at the last point where it was computed, or its BFGS update. */
  readonly hessian: Float64Array;
}

export interface NewtonOptions extends OptimizerOptions {
  /**
   * An approximate Hessian near the start, e.g. of a tenth of the rows. Steps then need only the gradient, and its
   * changes update the Hessian (BFGS); the optimum is the same.
   */
  readonly borrowed?: Float64Array;
  /** For warm starts: also stops when the predicted gain of a step is below this, after taking that step unchecked. */
  readonly leastGain?: number;
}

/** Starts at `start`, which is not modified. */
export async function newton(
  objective: Objective,
  start: Float64Array,
  options: NewtonOptions,
): Promise<NewtonOptimum> {
  const { size } = objective;
  const { borrowed, leastGain = 0 } = options;
  const hessian = borrowed?.slice() ?? new Float64Array(size * size);
  let isBorrowed = borrowed !== undefined;
  const gradient = new Float64Array(size);
  const value = await objective.evaluate(start, gradient, isBorrowed ? null : hessian);
  requireFinite(value);
  let at: Position = { weights: Float64Array.from(start), gradient, value };
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (largest(at.gradient) <= options.tolerance) return { ...at, hessian, iterations: iteration, converged: true };
    await nextTurn();
    options.signal?.throwIfAborted();
    const solved = choleskySolve(hessian, at.gradient);
    if (solved === null) throw overflow();
    const direction = solved.map((entry) => -entry);
    if (leastGain > 0 && -dot(direction, at.gradient) / 2 < leastGain)
      return { weights: subtract(at.weights, solved), hessian, iterations: iteration, converged: true };
    const next = await lineSearch(objective, at, direction, isBorrowed ? null : hessian);
    // No step descends: the value is optimal to rounding.
    if (next === null && !isBorrowed) return { ...at, hessian, iterations: iteration, converged: true };
    const isSlow = next === null || largest(next.gradient) * WORTHWHILE > largest(at.gradient);
    if (isBorrowed && next !== null) updateHessian(hessian, at, next);
    at = next ?? at;
    if (isBorrowed && isSlow && largest(at.gradient) > options.tolerance) {
      isBorrowed = false;
      await objective.evaluate(at.weights, at.gradient, hessian);
    }
  }
  const converged = largest(at.gradient) <= options.tolerance;
  return { ...at, hessian, iterations: options.maxIterations, converged };
}

/**
 * BFGS update: afterwards `hessian` (upper triangle) maps the last step to the observed change of the gradient.
 * @see Nocedal & Wright, Numerical Optimization (2006), equation 6.19
 */
function updateHessian(hessian: Float64Array, before: Position, after: Position): void {
  const size = before.weights.length;
  const step = subtract(after.weights, before.weights);
  const change = subtract(after.gradient, before.gradient);
  const expected = step.map((_, j) => {
    let entry = 0;
    for (let k = 0; k < size; k++) entry += hessian[j < k ? j * size + k : k * size + j]! * step[k]!;
    return entry;
  });
  const [observed, predicted] = [dot(step, change), dot(step, expected)];
  // Rounding can leave no positive curvature; then the update is skipped.
  if (!(observed > 0 && predicted > 0)) return;
  for (let j = 0; j < size; j++) {
    for (let k = j; k < size; k++)
      hessian[j * size + k]! += (change[j]! * change[k]!) / observed - (expected[j]! * expected[k]!) / predicted;
  }
}

/**
 * Solves H x = b for a symmetric positive definite H. If H is singular to rounding (collinear columns, separated classes),
 * a ridge just large enough is added: the step becomes shorter but still descends.
 * @param upper row-major (n × n), not modified; only the upper triangle is read
 * @returns null if H is not finite
 */
export function choleskySolve(upper: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  let trace = 0;
  for (let j = 0; j < size; j++) trace += upper[j * size + j]!;
  let ridge = 0;
  let factor = cholesky(upper, size, ridge);
  for (let scale = Number.EPSILON; factor === null; scale *= 100) {
    ridge = scale * (Math.abs(trace) / size || 1);
    if (ridge === Infinity) return null;
    factor = cholesky(upper, size, ridge);
  }
  return substitute(factor, right);
}

/** U with UᵀU = H + ridge · I, or null if that matrix is not positive definite. */
function cholesky(upper: Float64Array, size: number, ridge: number): Float64Array | null {
  const factor = Float64Array.from(upper);
  for (let k = 0; k < size; k++) {
    const row = k * size;
    const diagonal = factor[row + k]! + ridge;
    if (!(diagonal > Number.EPSILON * upper[row + k]!)) return null;
    const root = Math.sqrt(diagonal);
    factor[row + k] = root;
    for (let j = k + 1; j < size; j++) factor[row + j]! /= root;
    for (let i = k + 1; i < size; i++) {
      const scale = factor[row + i]!;
      for (let j = i; j < size; j++) factor[i * size + j]! -= scale * factor[row + j]!;
    }
  }
  return factor;
}

function substitute(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let k = 0; k < size; k++) {
    x[k]! /= factor[k * size + k]!;
    for (let j = k + 1; j < size; j++) x[j]! -= factor[k * size + j]! * x[k]!;
  }
  for (let k = size - 1; k >= 0; k--) {
    for (let j = k + 1; j < size; j++) x[k]! -= factor[k * size + j]! * x[j]!;
    x[k]! /= factor[k * size + k]!;
  }
  return x;
}
