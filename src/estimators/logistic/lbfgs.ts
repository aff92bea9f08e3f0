/** L-BFGS: minimizes a smooth convex function; approximates its curvature from the last steps. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { MlctlError } from "../../core/errors.ts";
import { rootOfSquares } from "../../stats/descriptive.ts";

export interface Objective {
  /** Number of weights. */
  readonly size: number;
  /** Value at `weights`; overwrites `gradient` (size). */
  evaluate(weights: Float64Array, gradient: Float64Array): Promise<number>;
}

/** Number of steps kept. SciPy keeps 10; with more, fewer steps are needed, and a step costs much more than they do. */
const MEMORY = 60;
/** Share of the predicted decrease that a step must achieve (Armijo). */
const SUFFICIENT_DECREASE = 1e-4;
/** After this many halvings a step (2⁻⁴⁰) is below rounding. */
const MAX_HALVINGS = 40;
/** Relative rounding error of a sum of a million terms: about √10⁶ · 2⁻⁵². */
const ROUNDING = 1e-12;

/** Of a gradient, as a share of the value: its sums have terms of both signs, times features. */
const GRADIENT_ROUNDING = 1e-9;

/** A step and the change of the gradient along it. */
export interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

export interface Optimum {
  readonly weights: Float64Array;
  readonly iterations: number;
  /** False if `maxIterations` was reached first. */
  readonly converged: boolean;
  /** The last steps: curvature near the optimum. */
  readonly pairs: readonly Pair[];
}

export interface OptimizerOptions {
  readonly maxIterations: number;
  /** Stops when no component of the gradient is larger, as in scikit-learn. */
  readonly tolerance: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param start where it starts (not modified), and steps on a similar objective near there
 * @throws {MlctlError} kind "data" if the value at the start is NaN or infinite
 * @see Nocedal & Wright, Numerical Optimization (2006), algorithm 7.5
 */
export async function lbfgs(
  objective: Objective,
  start: Pick<Optimum, "weights" | "pairs">,
  { maxIterations, tolerance, signal }: OptimizerOptions,
): Promise<Optimum> {
  let { weights, pairs } = start;
  let gradient = new Float64Array(objective.size);
  let value = await objective.evaluate(weights, gradient);
  if (!Number.isFinite(value)) {
    throw new MlctlError("data", "logistic_regression overflows: its features, weights or penalty are too large", {
      hint: "standardize the features, and use moderate class weights and C",
    });
  }
  for (let iterations = 0; iterations < maxIterations; iterations++) {
    if (largest(gradient) <= tolerance) return { weights, iterations, converged: true, pairs };
    await nextTurn();
    signal?.throwIfAborted();
    const next = await lineSearch(objective, { weights, gradient, value }, descend(gradient, pairs));
    if (next === null) {
      // Without stored steps the direction is the negative gradient: no descent is possible beyond rounding.
      const converged = largest(gradient) <= Math.max(tolerance, GRADIENT_ROUNDING * Math.abs(value));
      if (pairs.length === 0) return { weights, iterations, converged, pairs };
      pairs = [];
      continue;
    }
    const step = next.weights.map((weight, j) => weight - weights[j]!);
    const change = next.gradient.map((entry, j) => entry - gradient[j]!);
    const curvature = dot(step, change);
    if (curvature > 0) pairs = [...pairs.slice(-(MEMORY - 1)), { step, change, curvature }];
    ({ weights, gradient, value } = next);
  }
  return { weights, iterations: maxIterations, converged: largest(gradient) <= tolerance, pairs };
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

interface Position {
  readonly weights: Float64Array;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/** The longest of the steps 1, ½, ¼ … with a sufficient decrease (Armijo); null if there is none. */
async function lineSearch(
  objective: Objective,
  { weights, gradient: before, value }: Position,
  direction: Float64Array,
): Promise<Position | null> {
  const slope = dot(before, direction);
  // Near the optimum the decrease is smaller than the rounding of the value; then the gradient decides.
  const rounding = ROUNDING * Math.abs(value);
  for (let halving = 0, step = 1; halving < MAX_HALVINGS; halving++, step /= 2) {
    const trial = weights.map((weight, j) => weight + step * direction[j]!);
    const gradient = new Float64Array(trial.length);
    const trialValue = await objective.evaluate(trial, gradient);
    // Strictly less: where the decrease is rounded away, equal values would be accepted for ever.
    const isDown = trialValue <= value + SUFFICIENT_DECREASE * step * slope && trialValue < value;
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

/** Largest absolute component. */
function largest(values: Float64Array): number {
  return values.reduce((result, value) => Math.max(result, Math.abs(value)), 0);
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let j = 0; j < target.length; j++) target[j]! += scale * source[j]!;
}
