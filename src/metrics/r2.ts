/** R²: share of the target's variance explained by the predictions. */
import type { Evaluation } from "../core/metric.ts";
import { resampledMetric } from "./resampledMetric.ts";

/** Below 0 is worse than predicting the mean. For a constant target 1 if predicted exactly, else 0, like scikit-learn. */
export const r2 = resampledMetric({
  name: "r2",
  label: "R²",
  tasks: ["regression"],
  greaterIsBetter: true,
  prepare: (evaluation) => (rowCounts) => determination(evaluation, rowCounts),
});

function determination({ yTrue, yPred }: Evaluation, rowCounts: Uint32Array): number {
  const first = rowCounts.findIndex((count) => count > 0);
  if (first < 0) return NaN;
  // Shifted by a value of the sample, so that the variance of a constant target is exactly zero.
  const shift = yTrue[first]!;
  let rows = 0;
  let sum = 0;
  for (let i = 0; i < yTrue.length; i++) {
    rows += rowCounts[i]!;
    sum += rowCounts[i]! * (yTrue[i]! - shift);
  }
  const center = shift + sum / rows;
  let residual = 0;
  let variation = 0;
  for (let i = 0; i < yTrue.length; i++) {
    residual += rowCounts[i]! * (yTrue[i]! - yPred[i]!) ** 2;
    variation += rowCounts[i]! * (yTrue[i]! - center) ** 2;
  }
  if (rows < 2) return NaN;
  if (variation === 0) return residual === 0 ? 1 : residual > 0 ? 0 : NaN;
  return 1 - residual / variation;
}
