/** Newton's method with line search, for few weights: converges quadratically, so coefficients are exact. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { choleskySolve } from "./choleskySolve.ts";
import { dot, largest, lineSearch, type Position } from "./lineSearch.ts";
import { overflow, requireFinite, type Objective, type Optimum, type OptimizerOptions } from "./objective.ts";

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
      return { weights: sum(at.weights, direction), hessian, iterations: iteration, converged: true };
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
  return {
    ...at,
    hessian,
    iterations: options.maxIterations,
    converged: largest(at.gradient) <= options.tolerance,
  };
}

/**
 * BFGS update: afterwards `hessian` (upper triangle) maps the last step to the observed change of the gradient.
 * @see Nocedal & Wright, Numerical Optimization (2006), equation 6.19
 */
function updateHessian(hessian: Float64Array, before: Position, after: Position): void {
  const size = before.weights.length;
  const step = after.weights.map((weight, j) => weight - before.weights[j]!);
  const change = after.gradient.map((entry, j) => entry - before.gradient[j]!);
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

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, j) => entry + b[j]!);
}
