/** Newton's method with line search, for few weights: quadratic convergence, so that coefficients are exact. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { choleskySolve } from "./choleskySolve.ts";
import { largest, lineSearch } from "./lineSearch.ts";
import type { Objective, Optimum, OptimizerOptions } from "./objective.ts";

/** Starts at `start`, which is left alone. */
export async function newton(objective: Objective, start: Float64Array, options: OptimizerOptions): Promise<Optimum> {
  const { size } = objective;
  let weights = Float64Array.from(start);
  let gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let value = objective.evaluate(weights, gradient, hessian);
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (largest(gradient) <= options.tolerance) return { weights, iterations: iteration, converged: true };
    await nextTurn();
    options.signal?.throwIfAborted();
    const direction = choleskySolve(hessian, gradient).map((entry) => -entry);
    const next = lineSearch(objective, { weights, gradient, value }, direction, hessian);
    // No shorter step goes down: the value is exact to rounding, nothing is left to gain.
    if (next === null) return { weights, iterations: iteration, converged: true };
    ({ weights, gradient, value } = next);
  }
  return { weights, iterations: options.maxIterations, converged: largest(gradient) <= options.tolerance };
}
