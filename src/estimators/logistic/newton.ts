/** Newton's method with line search, for few weights: quadratic convergence, so that coefficients are exact. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { choleskySolve } from "./choleskySolve.ts";
import { dot, largest, lineSearch, type Position } from "./lineSearch.ts";
import type { Objective, Optimum, OptimizerOptions } from "./objective.ts";

/** A borrowed Hessian must make the gradient so many times smaller at each step, or the real one is computed. */
const WORTHWHILE = 4;

export interface NewtonOptimum extends Optimum {
  /** At the last place where it was computed. */
  readonly hessian: Float64Array;
}

export interface NewtonOptions extends OptimizerOptions {
  /**
   * A Hessian of about the same function near the start, e.g. of a tenth of the rows: steps then need the gradient
   * alone, from whose changes it learns (BFGS), and end at the same place.
   */
  readonly borrowed?: Float64Array;
  /** Ends too when a step would gain less than this, and takes that step unseen: for a place to start from. */
  readonly leastGain?: number;
}

/** Starts at `start`, which is left alone. */
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
  const value = objective.evaluate(start, gradient, isBorrowed ? null : hessian);
  let at: Position = { weights: Float64Array.from(start), gradient, value };
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (largest(at.gradient) <= options.tolerance) return { ...at, hessian, iterations: iteration, converged: true };
    await nextTurn();
    options.signal?.throwIfAborted();
    const direction = choleskySolve(hessian, at.gradient).map((entry) => -entry);
    if (leastGain > 0 && -dot(direction, at.gradient) / 2 < leastGain)
      return { weights: sum(at.weights, direction), hessian, iterations: iteration, converged: true };
    const next = lineSearch(objective, at, direction, isBorrowed ? null : hessian);
    // No shorter step goes down: the value is exact to rounding, nothing is left to gain.
    if (next === null && !isBorrowed) return { ...at, hessian, iterations: iteration, converged: true };
    const isSlow = next === null || largest(next.gradient) * WORTHWHILE > largest(at.gradient);
    if (isBorrowed && next !== null) learn(hessian, at, next);
    at = next ?? at;
    if (isBorrowed && isSlow && largest(at.gradient) > options.tolerance) {
      isBorrowed = false;
      objective.evaluate(at.weights, at.gradient, hessian);
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
 * Makes `hessian` (the upper triangle) give the change of the gradient that the last step brought.
 * @see Nocedal & Wright, Numerical Optimization (2006), equation 6.19
 */
function learn(hessian: Float64Array, before: Position, after: Position): void {
  const size = before.weights.length;
  const step = after.weights.map((weight, j) => weight - before.weights[j]!);
  const change = after.gradient.map((entry, j) => entry - before.gradient[j]!);
  const expected = step.map((_, j) => {
    let entry = 0;
    for (let k = 0; k < size; k++) entry += hessian[j < k ? j * size + k : k * size + j]! * step[k]!;
    return entry;
  });
  const [found, foreseen] = [dot(step, change), dot(step, expected)];
  // Rounding can leave no curvature; then there is nothing to learn.
  if (!(found > 0 && foreseen > 0)) return;
  for (let j = 0; j < size; j++) {
    for (let k = j; k < size; k++)
      hessian[j * size + k]! += (change[j]! * change[k]!) / found - (expected[j]! * expected[k]!) / foreseen;
  }
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, j) => entry + b[j]!);
}
