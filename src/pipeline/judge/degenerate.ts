/** Models that win a metric without having learned anything. */
import type { Evaluation } from "../../core/metric.ts";

/**
 * What makes the answers worthless, or undefined: the same class, or the same value, for every row
 * although the truth varies. F1 rewards a model that answers "yes" always: such a model wins nothing.
 */
export function degenerate({ task, yTrue, yPred }: Evaluation, classes: readonly string[] = []): string | undefined {
  if (yPred.length < 2 || !constant(yPred) || constant(yTrue)) return undefined;
  const answer = task === "regression" ? String(yPred[0]) : classes[yPred[0]!];
  return `it answers ${answer} for every one of ${yPred.length} rows`;
}

function constant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
