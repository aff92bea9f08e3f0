/** Bootstrap confidence intervals of metrics. */
import type { Evaluation } from "../core/metric.ts";
import { atOnce, type Work } from "../core/inTurns.ts";
import { random, type Random } from "../core/random.ts";
import { quantileSorted } from "../stats/descriptive.ts";
import type { ResampledMetric } from "./meanMetric.ts";

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

/** Maximum number of rows drawn for one interval. Larger test sets get fewer resamples, so that they take only seconds. */
const MAX_DRAWS = 400_000_000;

/** With fewer resamples the limits of a 95 % interval are almost the extremes. */
const MIN_RESAMPLES = 100;

/** The number of resamples to draw: `wanted`, or fewer if there are many rows. */
export function affordableResamples(wanted: number, rowCount: number): number {
  const affordable = Math.max(MIN_RESAMPLES, Math.floor(MAX_DRAWS / Math.max(1, rowCount)));
  return Math.min(wanted, affordable);
}

/** Draws n of n rows with replacement; sets `rowCounts` to how often each row was drawn. */
export function resampleRows(rowCounts: Uint32Array, { integer }: Random): void {
  rowCounts.fill(0);
  for (let i = 0; i < rowCounts.length; i++) rowCounts[integer(rowCounts.length)]!++;
}

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
