/** Bootstrap confidence intervals of metrics. */
import type { Evaluation } from "../core/metric.ts";
import { atOnce, type Work } from "../core/inTurns.ts";
import { random } from "../core/random.ts";
import { quantileSorted } from "../stats/quantileSorted.ts";
import { affordableResamples, resampleRows } from "./resampleRows.ts";
import type { ResampledMetric } from "./resampledMetric.ts";

export interface BootstrapOptions {
  readonly seed: number;
  /** Default 1,000; reduced for more than 400,000 rows. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

/** [low, high]; null with fewer than two rows, or if the metric is undefined in most resamples. */
export type Interval = readonly [number, number] | null;

/** With more rows, the intervals of a dozen metrics take more than a second. */
const MAX_ROWS_FOR_ALL_INTERVALS = 20_000;

/** Names of the metrics to compute intervals for: all of them, or with too many rows only those that are needed. */
export function metricsWithInterval(all: object, rows: number, needed: readonly string[]): string[] {
  return Object.keys(all).filter((name) => rows <= MAX_ROWS_FOR_ALL_INTERVALS || needed.includes(name));
}

/** Percentile interval over resamples of the rows with replacement (Efron, 1979). */
export function bootstrapInterval(
  evaluation: Evaluation,
  metric: ResampledMetric,
  options: BootstrapOptions,
): Interval {
  return atOnce(bootstrapInTurns(evaluation, [metric], options))[0]!;
}

/** The same for several metrics: draws the resamples once for all, which takes longest. Yields after some resamples. */
export function* bootstrapInTurns(
  evaluation: Evaluation,
  metrics: readonly ResampledMetric[],
  { seed, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): Work<Interval[]> {
  const rowCount = evaluation.yTrue.length;
  if (rowCount < 2) return metrics.map(() => null);
  const count = affordableResamples(resamples, rowCount);
  const sampled = metrics.map((metric) => ({
    valueOf: metric.prepare(evaluation),
    values: new Float64Array(count),
  }));
  const source = random(seed);
  const rowCounts = new Uint32Array(rowCount);
  for (let i = 0; i < count; i++) {
    resampleRows(rowCounts, source);
    for (const { valueOf, values } of sampled) values[i] = valueOf(rowCounts);
    if (rowCount > MAX_ROWS_FOR_ALL_INTERVALS || i % 16 === 0) yield;
  }
  return sampled.map(({ values }) => percentileInterval(values, confidence));
}

/** The middle `confidence` of the values; null if more than half of them are undefined. */
export function percentileInterval(values: Float64Array, confidence: number): Interval {
  const sorted = values.filter(Number.isFinite).toSorted();
  if (sorted.length * 2 < values.length) return null;
  const tail = (1 - confidence) / 2;
  return [quantileSorted(sorted, tail), quantileSorted(sorted, 1 - tail)];
}
