/** Metrics that can be computed on resampled rows without building those rows. */
import type { Evaluation, Metric } from "../core/metric.ts";

/** The metric when row i stands `rowCounts[i]` times; (n_samples). */
export type ResampledValue = (rowCounts: Uint32Array) => number;

export interface ResampledMetric extends Metric {
  /** Does once what does not depend on the resample (losses, order of the scores), so that a bootstrap is fast. */
  prepare(evaluation: Evaluation): ResampledValue;
}

/** A metric whose value is that of the sample itself: each row counts once, so that both share one formula. */
export function resampledMetric(definition: Omit<ResampledMetric, "compute">): ResampledMetric {
  return {
    ...definition,
    compute: (evaluation) => {
      const rowCount = evaluation.yTrue.length;
      return rowCount === 0 ? NaN : definition.prepare(evaluation)(new Uint32Array(rowCount).fill(1));
    },
  };
}
