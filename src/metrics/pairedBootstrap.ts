/** Compares two models on the same resampled rows. */
import type { Evaluation } from "../core/metric.ts";
import { random } from "../core/random.ts";
import { type BootstrapOptions, percentileInterval } from "./bootstrapInterval.ts";
import { affordableResamples, resampleRows } from "./resampleRows.ts";
import type { ResampledMetric } from "./resampledMetric.ts";

export interface PairedComparison {
  /** Metric of the second model minus metric of the first, on all rows; NaN if either is undefined. */
  readonly difference: number;
  /** Percentile interval of the difference; null with fewer than two rows, or if undefined in most resamples. */
  readonly interval: readonly [number, number] | null;
  /** Share of resamples in which the second model is strictly better, in the direction of the metric; 0 to 1. */
  readonly shareBetter: number;
}

/**
 * Paired, so the variation between rows cancels out: detects much smaller differences than comparing two intervals.
 * @throws {RangeError} if the evaluations are not of the same rows
 */
export function pairedBootstrap(
  first: Evaluation,
  second: Evaluation,
  metric: ResampledMetric,
  { seed, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): PairedComparison {
  const rowCount = first.yTrue.length;
  if (rowCount !== second.yTrue.length || first.yTrue.some((value, row) => !Object.is(value, second.yTrue[row]))) {
    throw new RangeError("a paired comparison needs two evaluations of the same rows");
  }
  const difference = metric.compute(second) - metric.compute(first);
  if (rowCount < 2) return { difference, interval: null, shareBetter: 0 };
  const [valueOfFirst, valueOfSecond] = [metric.prepare(first), metric.prepare(second)];
  const source = random(seed);
  const rowCounts = new Uint32Array(rowCount);
  const differences = new Float64Array(affordableResamples(resamples, rowCount));
  let better = 0;
  for (let i = 0; i < differences.length; i++) {
    resampleRows(rowCounts, source);
    differences[i] = valueOfSecond(rowCounts) - valueOfFirst(rowCounts);
    if (metric.greaterIsBetter ? differences[i]! > 0 : differences[i]! < 0) better++;
  }
  const interval = percentileInterval(differences, confidence);
  return { difference, interval, shareBetter: better / differences.length };
}
