/** Bootstrap interval of a metric, also for windows of millions of rows. */
import type { Evaluation } from "../core/metric.ts";
import { bootstrapInterval, type BootstrapOptions } from "../metrics/bootstrapInterval.ts";
import { findMetric } from "../metrics/findMetric.ts";
import { evenRows } from "../stats/samplePositions.ts";
import { selectPredicted } from "./prepareRows.ts";

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
  const part = selectPredicted(evaluation, evenRows(rowCount, MAXIMUM_ROWS));
  const interval = bootstrapInterval(part, metric, options);
  if (interval === null) return null;
  const [all, some] = [metric.compute(evaluation), metric.compute(part)];
  const scale = Math.sqrt(MAXIMUM_ROWS / rowCount);
  const end = (at: number): number => all + (at - some) * scale;
  return [end(interval[0]), end(interval[1])];
}
