/** Errors of the rows, by row and in order. */
import type { Evaluation } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";

/** Applies an error function to label and prediction of each row, (n_samples). */
export function rowErrors(
  { yTrue, yPred }: Evaluation,
  errorOf: (yTrue: number, yPred: number) => number,
): Float64Array {
  const errors = new Float64Array(yTrue.length);
  for (let i = 0; i < yTrue.length; i++) errors[i] = errorOf(yTrue[i]!, yPred[i]!);
  return errors;
}

export interface SortedErrors {
  /** Absolute error by row, (n_samples). */
  readonly errors: Float64Array;
  /** Row numbers, smallest error first. */
  readonly order: Uint32Array;
}

/** Null if an error is NaN, because then there is no order. */
export function sortedErrors(evaluation: Evaluation): SortedErrors | null {
  const errors = rowErrors(evaluation, (yTrue, yPred) => Math.abs(yTrue - yPred));
  if (errors.some(Number.isNaN)) return null;
  return { errors, order: sortingOrder(errors) };
}
