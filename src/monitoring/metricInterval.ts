/** How sure a metric of a window is, also where the window has millions of rows. */
import type { Evaluation } from "../core/metric.ts";
import { bootstrapInterval, type BootstrapOptions } from "../metrics/bootstrapInterval.ts";
import { findMetric } from "../metrics/findMetric.ts";

/** More rows are drawn from in part. */
const MOST_ROWS = 20_000;

/**
 * The bootstrap's interval. Of more than 20,000 rows that of as many, evenly taken, narrowed by the root of the
 * quotient and put around the value of all (m out of n; Bickel, Götze & van Zwet, 1997): a second in place of a minute.
 */
export function metricInterval(
  evaluation: Evaluation,
  name: string,
  options: BootstrapOptions,
): readonly [number, number] | null {
  const metric = findMetric(name, evaluation.task);
  const rowCount = evaluation.yTrue.length;
  if (rowCount <= MOST_ROWS) return bootstrapInterval(evaluation, metric, options);
  const part = evenly(evaluation);
  const interval = bootstrapInterval(part, metric, options);
  if (interval === null) return null;
  const [all, some] = [metric.compute(evaluation), metric.compute(part)];
  const narrower = Math.sqrt(MOST_ROWS / rowCount);
  const end = (at: number): number => all + (at - some) * narrower;
  return [end(interval[0]), end(interval[1])];
}

function evenly({ yTrue, yPred, probabilities, ...rest }: Evaluation): Evaluation {
  const step = yTrue.length / MOST_ROWS;
  const rows = Int32Array.from({ length: MOST_ROWS }, (_, i) => Math.floor(i * step));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  if (probabilities === null) return { ...rest, yTrue: pick(yTrue), yPred: pick(yPred), probabilities };
  const width = probabilities.length / yTrue.length;
  const kept = new Float64Array(MOST_ROWS * width);
  rows.forEach((row, i) => kept.set(probabilities.subarray(row * width, (row + 1) * width), i * width));
  return { ...rest, yTrue: pick(yTrue), yPred: pick(yPred), probabilities: kept };
}
