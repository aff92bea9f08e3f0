/** R²: share of the target's variance that the answers explain. */
import type { Evaluation } from "../core/metric.ts";
import { resampledMetric } from "./resampledMetric.ts";

/** Below 0 is worse than the mean. A constant target gives 1 if met exactly and 0 otherwise, as in scikit-learn. */
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
  // Counted from a value of the sample, so that a constant target has a variance of exactly zero.
  const shift = yTrue[first]!;
  let rows = 0;
  let sum = 0;
  for (let i = 0; i < yTrue.length; i++) {
    rows += rowCounts[i]!;
    sum += rowCounts[i]! * (yTrue[i]! - shift);
  }
  const center = shift + sum / rows;
  let residual = 0;
  let spread = 0;
  for (let i = 0; i < yTrue.length; i++) {
    residual += rowCounts[i]! * (yTrue[i]! - yPred[i]!) ** 2;
    spread += rowCounts[i]! * (yTrue[i]! - center) ** 2;
  }
  if (rows < 2) return NaN;
  if (spread === 0) return residual === 0 ? 1 : residual > 0 ? 0 : NaN;
  return 1 - residual / spread;
}
