/** L-BFGS, for many weights: approximates the curvature from the last steps instead of computing a Hessian. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { rootOfSquares } from "../../stats/standardDeviation.ts";
import {
  dot,
  largest,
  lineSearch,
  type Objective,
  type OptimizerOptions,
  type Optimum,
  requireFinite,
  subtract,
} from "./objective.ts";

/** Number of steps kept, as in SciPy. */
const MEMORY = 10;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/**
 * Starts at `start`, which is not modified.
 * @see Nocedal & Wright, Numerical Optimization (2006), algorithm 7.5
 */
export async function lbfgs(objective: Objective, start: Float64Array, options: OptimizerOptions): Promise<Optimum> {
  let weights = Float64Array.from(start);
  let gradient = new Float64Array(objective.size);
  let value = await objective.evaluate(weights, gradient, null);
  requireFinite(value);
  let pairs: Pair[] = [];
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (largest(gradient) <= options.tolerance) return { weights, iterations: iteration, converged: true };
    await nextTurn();
    options.signal?.throwIfAborted();
    const next = await lineSearch(objective, { weights, gradient, value }, descend(gradient, pairs));
    if (next === null) {
      // Without stored steps the direction is the negative gradient: no descent is possible beyond rounding.
      if (pairs.length === 0) return { weights, iterations: iteration, converged: true };
      pairs = [];
      continue;
    }
    const step = subtract(next.weights, weights);
    const change = subtract(next.gradient, gradient);
    const curvature = dot(step, change);
    if (curvature > 0) pairs = [...pairs.slice(-(MEMORY - 1)), { step, change, curvature }];
    ({ weights, gradient, value } = next);
  }
  return { weights, iterations: options.maxIterations, converged: largest(gradient) <= options.tolerance };
}

/** Two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descend(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const last = pairs.at(-1);
  if (last === undefined) {
    const norm = rootOfSquares(gradient);
    return direction.map((entry) => entry / Math.max(1, norm));
  }
  const alphas = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { step, change, curvature } = pairs[p]!;
    alphas[p] = dot(step, direction) / curvature;
    addScaled(direction, change, -alphas[p]!);
  }
  const scale = last.curvature / dot(last.change, last.change);
  for (let j = 0; j < direction.length; j++) direction[j]! *= scale;
  for (let p = 0; p < pairs.length; p++) {
    const { step, change, curvature } = pairs[p]!;
    addScaled(direction, step, alphas[p]! - dot(change, direction) / curvature);
  }
  return direction;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let j = 0; j < target.length; j++) target[j]! += scale * source[j]!;
}
