/** How sure a metric is: an interval from resampled rows. */
import type { Evaluation } from "../core/metric.ts";
import { random } from "../core/random.ts";
import { quantileSorted } from "../stats/quantileSorted.ts";
import { affordableResamples, resampleRows } from "./resampleRows.ts";
import type { ResampledMetric } from "./resampledMetric.ts";

export interface BootstrapOptions {
  readonly seed: number;
  /** 1,000 unless told; fewer are drawn of more than 400,000 rows. */
  readonly resamples?: number;
  /** 0.95 unless told. */
  readonly confidence?: number;
}

/**
 * Percentile interval over resamples of the rows with replacement (Efron, 1979).
 *
 * @returns [low, high]; null with fewer than two rows, or where the metric is undefined in most resamples
 */
export function bootstrapInterval(
  evaluation: Evaluation,
  metric: ResampledMetric,
  { seed, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): readonly [number, number] | null {
  const rowCount = evaluation.yTrue.length;
  if (rowCount < 2) return null;
  const valueOf = metric.prepare(evaluation);
  const source = random(seed);
  const rowCounts = new Uint32Array(rowCount);
  const values = new Float64Array(affordableResamples(resamples, rowCount));
  for (let i = 0; i < values.length; i++) {
    resampleRows(rowCounts, source);
    values[i] = valueOf(rowCounts);
  }
  return percentileInterval(values, confidence);
}

/** The middle `confidence` of the values; null if more than half of them are undefined. */
export function percentileInterval(values: Float64Array, confidence: number): readonly [number, number] | null {
  const sorted = values.filter(Number.isFinite).toSorted();
  if (sorted.length * 2 < values.length) return null;
  const tail = (1 - confidence) / 2;
  return [quantileSorted(sorted, tail), quantileSorted(sorted, 1 - tail)];
}
