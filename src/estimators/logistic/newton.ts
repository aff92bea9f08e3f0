/** Newton's method with line search, for few weights: quadratic convergence, so that coefficients are exact. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { choleskySolve } from "./choleskySolve.ts";
import type { Objective, Optimum, OptimizerOptions } from "./objective.ts";

/** Share of the predicted decrease that a step must bring (Armijo). */
const SUFFICIENT_DECREASE = 1e-4;
/** Halvings after which a step is below rounding: 2⁻⁴⁰. */
const MAX_HALVINGS = 40;

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
    const direction = choleskySolve(hessian, gradient);
    let slope = 0;
    for (let j = 0; j < size; j++) slope -= direction[j]! * gradient[j]!;
    const next = search(objective, { weights, direction, value, slope, gradient, hessian });
    // No shorter step goes down: the value is exact to rounding, nothing is left to gain.
    if (next === null) return { weights, iterations: iteration, converged: true };
    ({ weights, gradient, value } = next);
  }
  return { weights, iterations: options.maxIterations, converged: largest(gradient) <= options.tolerance };
}

interface Position {
  readonly weights: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

interface SearchOptions extends Position {
  readonly direction: Float64Array;
  readonly slope: number;
  readonly hessian: Float64Array;
}

/** The longest of the steps 1, ½, ¼ … that goes down enough; null if none does. Leaves `hessian` at the new place. */
function search(objective: Objective, options: SearchOptions): Position | null {
  const { weights, direction, value, slope, hessian } = options;
  const before = largest(options.gradient);
  // Near the optimum the decrease drowns in the rounding of the value; then the gradient decides.
  const rounding = 8 * Number.EPSILON * Math.abs(value);
  for (let halving = 0, step = 1; halving < MAX_HALVINGS; halving++, step /= 2) {
    const trial = weights.map((weight, j) => weight - step * direction[j]!);
    const gradient = new Float64Array(weights.length);
    const trialValue = objective.evaluate(trial, gradient, hessian);
    const isDown = trialValue <= value + SUFFICIENT_DECREASE * step * slope;
    const isFlat = trialValue <= value + rounding && largest(gradient) < before;
    if (isDown || isFlat) return { weights: trial, gradient, value: trialValue };
  }
  return null;
}

function largest(values: Float64Array): number {
  let result = 0;
  for (const value of values) result = Math.max(result, Math.abs(value));
  return result;
}
