/** Absolute errors in order, for metrics that look at one of them. */
import type { Evaluation } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";
import { rowErrors } from "./rowErrors.ts";

/** Rows by absolute error, ascending. */
export interface SortedErrors {
  /** By row, (n_samples). */
  readonly errors: Float64Array;
  /** Row numbers, smallest error first. */
  readonly order: Uint32Array;
}

/** Null if an error is not a number: then nothing can be said of the order. */
export function sortedErrors(evaluation: Evaluation): SortedErrors | null {
  const errors = rowErrors(evaluation, (yTrue, yPred) => Math.abs(yTrue - yPred));
  if (errors.some(Number.isNaN)) return null;
  return { errors, order: sortingOrder(errors) };
}
