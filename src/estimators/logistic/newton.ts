/** Newton's method with line search, for few weights: quadratic convergence, so that coefficients are exact. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { choleskySolve } from "./choleskySolve.ts";
import { largest, lineSearch, type Position } from "./lineSearch.ts";
import type { Objective, Optimum, OptimizerOptions } from "./objective.ts";

/** A borrowed Hessian must make the gradient so many times smaller at each step, or the real one is computed. */
const WORTHWHILE = 4;

export interface NewtonOptimum extends Optimum {
  /** At the last place where it was computed. */
  readonly hessian: Float64Array;
}

/**
 * Starts at `start`, which is left alone.
 * @param borrowed a Hessian of about the same function near `start`, e.g. of a tenth of the rows: steps then need the
 *   gradient alone (a twentieth of the work with 20 columns), and end at the same place
 */
export async function newton(
  objective: Objective,
  start: Float64Array,
  options: OptimizerOptions,
  borrowed: Float64Array | null = null,
): Promise<NewtonOptimum> {
  const { size } = objective;
  const hessian = borrowed?.slice() ?? new Float64Array(size * size);
  let isBorrowed = borrowed !== null;
  const gradient = new Float64Array(size);
  const value = objective.evaluate(start, gradient, isBorrowed ? null : hessian);
  let at: Position = { weights: Float64Array.from(start), gradient, value };
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (largest(at.gradient) <= options.tolerance) return { ...at, hessian, iterations: iteration, converged: true };
    await nextTurn();
    options.signal?.throwIfAborted();
    const direction = choleskySolve(hessian, at.gradient).map((entry) => -entry);
    const next = lineSearch(objective, at, direction, isBorrowed ? null : hessian);
    // No shorter step goes down: the value is exact to rounding, nothing is left to gain.
    if (next === null && !isBorrowed) return { ...at, hessian, iterations: iteration, converged: true };
    const isSlow = next === null || largest(next.gradient) * WORTHWHILE > largest(at.gradient);
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
