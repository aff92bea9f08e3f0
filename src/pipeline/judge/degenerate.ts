/** Detects models that predict a constant. */
import type { Evaluation } from "../../core/metric.ts";

/**
 * Describes the problem if the predictions are the same for every row although the labels vary; else undefined. F1 can
 * rank a model that always predicts "yes" first, so such a model must not win.
 */
export function degenerate({ task, yTrue, yPred }: Evaluation, classes: readonly string[] = []): string | undefined {
  if (yPred.length < 2 || !constant(yPred) || constant(yTrue)) return undefined;
  const prediction = task === "regression" ? String(yPred[0]) : classes[yPred[0]!];
  return `it predicts ${prediction} for all ${yPred.length} rows`;
}

function constant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
