/** Bootstrap interval of a metric, also for windows of millions of rows. */
import type { Evaluation } from "../core/metric.ts";
import { bootstrapInterval, type BootstrapOptions } from "../metrics/bootstrapInterval.ts";
import { findMetric } from "../metrics/findMetric.ts";

/** Larger windows are subsampled. */
const MAXIMUM_ROWS = 20_000;

/**
 * With more than 20,000 rows, the interval of 20,000 evenly chosen rows, scaled by √(20,000 / rows) and moved to the
 * value of all rows (m out of n bootstrap; Bickel, Götze & van Zwet, 1997): a second instead of a minute.
 */
export function metricInterval(
  evaluation: Evaluation,
  name: string,
  options: BootstrapOptions,
): readonly [number, number] | null {
  const metric = findMetric(name, evaluation.task);
  const rowCount = evaluation.yTrue.length;
  if (rowCount <= MAXIMUM_ROWS) return bootstrapInterval(evaluation, metric, options);
  const part = evenSample(evaluation);
  const interval = bootstrapInterval(part, metric, options);
  if (interval === null) return null;
  const [all, some] = [metric.compute(evaluation), metric.compute(part)];
  const scale = Math.sqrt(MAXIMUM_ROWS / rowCount);
  const end = (at: number): number => all + (at - some) * scale;
  return [end(interval[0]), end(interval[1])];
}

function evenSample({ yTrue, yPred, probabilities, ...rest }: Evaluation): Evaluation {
  const step = yTrue.length / MAXIMUM_ROWS;
  const rows = Int32Array.from({ length: MAXIMUM_ROWS }, (_, i) => Math.floor(i * step));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  if (probabilities === null) return { ...rest, yTrue: pick(yTrue), yPred: pick(yPred), probabilities };
  const width = probabilities.length / yTrue.length;
  const kept = new Float64Array(MAXIMUM_ROWS * width);
  rows.forEach((row, i) => kept.set(probabilities.subarray(row * width, (row + 1) * width), i * width));
  return { ...rest, yTrue: pick(yTrue), yPred: pick(yPred), probabilities: kept };
}
