/** Applies an error function to label and prediction of each row. */
import type { Evaluation } from "../core/metric.ts";

/** (n_samples). */
export function rowErrors(
  { yTrue, yPred }: Evaluation,
  errorOf: (yTrue: number, yPred: number) => number,
): Float64Array {
  const errors = new Float64Array(yTrue.length);
  for (let i = 0; i < yTrue.length; i++) errors[i] = errorOf(yTrue[i]!, yPred[i]!);
  return errors;
}
