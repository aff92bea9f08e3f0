/** Metrics that can be computed on a resample without materializing its rows. */
import type { Evaluation, Metric } from "../core/metric.ts";

/** The metric if row i occurs `rowCounts[i]` times; (n_samples). */
export type ResampledValue = (rowCounts: Uint32Array) => number;

export interface ResampledMetric extends Metric {
  /** Precomputes what does not depend on the resample (losses, order of the scores), so that a bootstrap is fast. */
  prepare(evaluation: Evaluation): ResampledValue;
}

/** Defines `compute` by `prepare`, with each row counted once, so that both use the same formula. */
export function resampledMetric(definition: Omit<ResampledMetric, "compute">): ResampledMetric {
  return {
    ...definition,
    compute: (evaluation) => {
      const rowCount = evaluation.yTrue.length;
      return rowCount === 0 ? NaN : definition.prepare(evaluation)(new Uint32Array(rowCount).fill(1));
    },
  };
}
