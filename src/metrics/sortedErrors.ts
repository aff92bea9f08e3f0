/** Sorts rows by absolute error, for metrics that are a quantile of the errors. */
import type { Evaluation } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";
import { rowErrors } from "./rowErrors.ts";

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
