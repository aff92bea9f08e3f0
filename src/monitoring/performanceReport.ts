/** Metrics of a window, computed from the rows that have labels. */
import type { Evaluation } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import type { PerformanceReport } from "../core/records/monitoring.ts";
import {
  metricsWithInterval,
  bootstrapInterval,
  type BootstrapOptions,
  type Interval,
} from "../metrics/bootstrapInterval.ts";
import { computeMetrics, findMetric } from "../metrics/findMetric.ts";
import { evenRows } from "../stats/samplePositions.ts";
import { mean } from "../stats/mean.ts";
import { standardDeviation } from "../stats/standardDeviation.ts";
import { estimatePerformance } from "./estimatePerformance.ts";
import { selectPrepared, selectPredicted, type PreparedRows } from "./prepareRows.ts";

/** Pairs of prediction and label that are kept for a plot. */
const MAXIMUM_POINTS = 300;

export interface PerformanceOptions {
  readonly model: Model;
  /** The main metric. */
  readonly metric: string;
  /** Its value on the test set. */
  readonly reference: number | null;
  /** Metrics with a limit; they always get an interval. */
  readonly required: readonly string[];
  readonly seed: number;
}

export function performanceReport(rows: PreparedRows, options: PerformanceOptions): PerformanceReport {
  const { model, metric, reference } = options;
  const known = labelledRows(rows);
  const judged = selectPrepared(rows, known);
  const evaluation = evaluationOf(judged, model);
  const estimate = rows.noPredictions === null ? estimatePerformance(rows, judged, options) : null;
  const nothing = { rows: known.length, metric, reference, estimate };
  if (known.length === 0) {
    const empty = {
      metrics: {},
      intervals: {},
      value: null,
      errorStandardDeviation: null,
      meanPredicted: null,
      meanActual: null,
      points: [],
    };
    return { ...nothing, ...empty, skipped: rows.noPredictions ?? "no row with a prediction has a label" };
  }
  const metrics = computeMetrics(evaluation);
  const names = metricsWithInterval(metrics, known.length, [metric, ...options.required]);
  const intervals = names.map((name) => {
    return [name, metrics[name] === null ? null : metricInterval(evaluation, name, { seed: options.seed })] as const;
  });
  // For two classes the share of the positive class.
  const shareOrMean = (values: Float64Array): number | null => (evaluation.task === "multiclass" ? null : mean(values));
  return {
    ...nothing,
    metrics,
    intervals: Object.fromEntries(intervals),
    value: metrics[metric] ?? null,
    errorStandardDeviation: errorStandardDeviation(evaluation),
    meanPredicted: shareOrMean(evaluation.yPred),
    meanActual: shareOrMean(evaluation.yTrue),
    points: pointsOf(judged, model),
  };
}

/** Positions of the rows that have both a label and a prediction. */
export function labelledRows({ yTrue, yPred }: PreparedRows): Int32Array {
  return Int32Array.from(yTrue.keys()).filter((row) => !Number.isNaN(yTrue[row]!) && !Number.isNaN(yPred[row]!));
}

export function evaluationOf({ yTrue, yPred, probabilities }: PreparedRows, { signature }: Model): Evaluation {
  const { task, classes = [] } = signature.target;
  return { task, classCount: classes.length, yTrue, yPred, probabilities };
}

/** Enough resamples for the ends of wide intervals. */
const RESAMPLES = 2000;

/** @returns a function to the interval of a metric at a level; null if it is undefined */
export function intervalsAt(rows: PreparedRows, { model, seed }: PerformanceOptions) {
  const evaluation = evaluationOf(selectPrepared(rows, labelledRows(rows)), model);
  return (metric: string, confidence: number): Interval =>
    metricInterval(evaluation, metric, { seed, resamples: RESAMPLES, confidence });
}

/** Of label minus prediction, with n − 1 as Evidently computes it. */
function errorStandardDeviation({ task, yTrue, yPred }: Evaluation): number | null {
  if (task !== "regression") return null;
  const errors = yTrue.map((value, row) => value - yPred[row]!);
  const deviation = standardDeviation(errors, { ddof: 1 });
  return Number.isFinite(deviation) ? deviation : null;
}

function pointsOf({ yTrue, yPred, time }: PreparedRows, { signature }: Model): PerformanceReport["points"] {
  const { classes } = signature.target;
  const shown = (value: number): number | string => (classes === undefined ? value : classes[value]!);
  const order = Int32Array.from(yTrue.keys());
  if (time !== null) order.sort((a, b) => time[a]! - time[b]! || a - b);
  return Array.from(evenRows(order.length, MAXIMUM_POINTS), (place) => {
    const row = order[place]!;
    const at = time === null || Number.isNaN(time[row]!) ? null : new Date(time[row]!).toISOString();
    return [at, shown(yPred[row]!), shown(yTrue[row]!)] as const;
  });
}

/** Larger windows are subsampled. */
const MAXIMUM_ROWS = 20_000;

/**
 * With more rows, the interval of evenly chosen ones, scaled and moved to the value of all rows (m out of n bootstrap;
 * Bickel, Götze & van Zwet, 1997): a second instead of a minute.
 */
export function metricInterval(evaluation: Evaluation, name: string, options: BootstrapOptions): Interval {
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
