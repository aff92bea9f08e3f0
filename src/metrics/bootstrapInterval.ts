/** Bootstrap confidence intervals of metrics. */
import type { Evaluation, Metric } from "../core/metric.ts";
import { atOnce, type Work } from "../core/inTurns.ts";
import { random } from "../core/random.ts";
import { quantileSorted } from "../stats/descriptive.ts";

export interface BootstrapOptions {
  readonly seed: number;
  /** Default 1,000; reduced for more than 400,000 rows. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

/** [low, high]; null with fewer than two rows (of a class, see `hasRowsByClass`), or if the metric is undefined in most resamples. */
export type Interval = readonly [number, number] | null;

/** With more rows, the intervals of a dozen metrics take more than a second. */
const MAX_ROWS_FOR_ALL_INTERVALS = 20_000;

/** Names of the metrics to compute intervals for: all of them, or with too many rows only those that are needed. */
export function metricsWithInterval(all: object, rows: number, needed: readonly string[]): string[] {
  return Object.keys(all).filter((name) => rows <= MAX_ROWS_FOR_ALL_INTERVALS || needed.includes(name));
}

/**
 * Whether a metric that counts errors by class has this number of rows of each. The share of the variance that a bootstrap
 * misses is one in the rows of the rarer class: with one such row, all of what it adds.
 */
export function hasRowsByClass({ byClass }: Metric, { yTrue, classCount }: Evaluation, minimum: number): boolean {
  const counts = new Uint32Array(classCount);
  for (const code of yTrue) counts[code]!++;
  return byClass !== true || counts.every((count) => count >= minimum);
}

/** Percentile interval over resamples of the rows with replacement (Efron, 1979). */
export function bootstrapInterval(evaluation: Evaluation, metric: Metric, options: BootstrapOptions): Interval {
  return atOnce(bootstrapInTurns(evaluation, [metric], options))[0]!;
}

/** The same for several metrics: draws the resamples once for all, which takes longest. Yields after some resamples. */
export function* bootstrapInTurns(
  evaluation: Evaluation,
  metrics: readonly Metric[],
  options: BootstrapOptions,
): Work<Interval[]> {
  const rowCount = evaluation.yTrue.length;
  if (rowCount < 2) return metrics.map(() => null);
  const prepared = metrics.map((metric) => metric.prepare(evaluation));
  const drawn = yield* resampled(rowCount, prepared, options);
  return drawn.map((values, i) => {
    const isDefined = evaluation.task !== "binary" || hasRowsByClass(metrics[i]!, evaluation, 2);
    return isDefined ? percentileInterval(values, options.confidence) : null;
  });
}

/** Each value on each resample of n rows, drawn with replacement. @param valuesOf from how often each row was drawn */
function* resampled(
  rowCount: number,
  valuesOf: readonly ((rowCounts: Uint32Array) => number)[],
  { seed, resamples = 1000 }: BootstrapOptions,
): Work<Float64Array[]> {
  const source = random(seed);
  const rowCounts = new Uint32Array(rowCount);
  const values = valuesOf.map(() => new Float64Array(affordableResamples(resamples, rowCount)));
  for (let i = 0; i < values[0]!.length; i++) {
    source.resample(rowCounts);
    for (const [k, valueOf] of valuesOf.entries()) values[k]![i] = valueOf(rowCounts);
    if (rowCount > MAX_ROWS_FOR_ALL_INTERVALS || i % 16 === 0) yield;
  }
  return values;
}

/** The middle `confidence` of the values; null if more than half of them are undefined. */
export function percentileInterval(values: Float64Array, confidence = 0.95): Interval {
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

/**
 * Paired, so the variation between rows cancels out: detects much smaller differences than comparing two intervals.
 * @returns the metric of the second model minus that of the first, NaN if either is undefined; and the share of
 *   resamples in which the second is strictly better, 0 to 1
 * @throws {RangeError} if the evaluations are not of the same rows
 */
export function pairedBootstrap(first: Evaluation, second: Evaluation, metric: Metric, options: BootstrapOptions) {
  const rowCount = first.yTrue.length;
  if (rowCount !== second.yTrue.length || first.yTrue.some((value, row) => !Object.is(value, second.yTrue[row]))) {
    throw new RangeError("a paired comparison needs two evaluations of the same rows");
  }
  const difference = metric.compute(second) - metric.compute(first);
  if (rowCount < 2) return { difference, interval: null, shareBetter: 0 };
  const [valueOfFirst, valueOfSecond] = [metric.prepare(first), metric.prepare(second)];
  const change = (rowCounts: Uint32Array): number => valueOfSecond(rowCounts) - valueOfFirst(rowCounts);
  const differences = atOnce(resampled(rowCount, [change], options))[0]!;
  const better = differences.filter((each) => (metric.greaterIsBetter ? each > 0 : each < 0));
  const interval = percentileInterval(differences, options.confidence);
  return { difference, interval, shareBetter: better.length / differences.length };
}
