/** Backtracking line search with the Armijo condition. */
import type { Objective } from "./objective.ts";

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
 * The longest of the steps 1, ½, ¼ … with a sufficient decrease; null if there is none.
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
  let result = 0;
  for (const value of values) result = Math.max(result, Math.abs(value));
  return result;
}
