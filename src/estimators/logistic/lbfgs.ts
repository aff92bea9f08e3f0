/** L-BFGS, for many weights: the curvature is remembered from the last steps instead of a Hessian. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Objective, Optimum, OptimizerOptions } from "./objective.ts";

/** Steps remembered, as in SciPy. */
const MEMORY = 10;
const SUFFICIENT_DECREASE = 1e-4;
const MAX_HALVINGS = 40;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/**
 * Starts at `start`, which is left alone.
 * @see Nocedal & Wright, Numerical Optimization (2006), algorithm 7.5
 */
export async function lbfgs(objective: Objective, start: Float64Array, options: OptimizerOptions): Promise<Optimum> {
  let weights = Float64Array.from(start);
  let gradient = new Float64Array(objective.size);
  let value = objective.evaluate(weights, gradient, null);
  let pairs: Pair[] = [];
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (largest(gradient) <= options.tolerance) return { weights, iterations: iteration, converged: true };
    await nextTurn();
    options.signal?.throwIfAborted();
    const next = search(objective, { weights, gradient, value, direction: descend(gradient, pairs) });
    if (next === null) {
      // With no memory the direction is the gradient itself: no way down is left within rounding.
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

interface Position {
  readonly weights: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/** Two-loop recursion: minus the remembered inverse Hessian times the gradient. */
function descend(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const last = pairs.at(-1);
  if (last === undefined) {
    const norm = Math.sqrt(dot(gradient, gradient));
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

/** The longest of the steps 1, ½, ¼ … that goes down enough; null if none does. */
function search(objective: Objective, options: Position & { direction: Float64Array }): Position | null {
  const { weights, gradient: before, value, direction } = options;
  const slope = dot(before, direction);
  const rounding = 8 * Number.EPSILON * Math.abs(value);
  for (let halving = 0, size = 1; halving < MAX_HALVINGS; halving++, size /= 2) {
    const trial = weights.map((weight, j) => weight + size * direction[j]!);
    const gradient = new Float64Array(trial.length);
    const trialValue = objective.evaluate(trial, gradient, null);
    const isDown = trialValue <= value + SUFFICIENT_DECREASE * size * slope;
    const isFlat = trialValue <= value + rounding && largest(gradient) < largest(before);
    if (isDown || isFlat) return { weights: trial, gradient, value: trialValue };
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let j = 0; j < target.length; j++) target[j]! += scale * source[j]!;
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((entry, j) => entry - b[j]!);
}

function largest(values: Float64Array): number {
  let result = 0;
  for (const value of values) result = Math.max(result, Math.abs(value));
  return result;
}
