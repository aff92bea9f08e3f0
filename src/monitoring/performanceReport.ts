/** Metrics of a window, computed from the rows that have labels. */
import type { Evaluation } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import type { MetricValues, PerformanceReport } from "../core/records/monitoring.ts";
import { metricsWithInterval } from "../metrics/bootstrapInterval.ts";
import { computeMetrics } from "../metrics/findMetric.ts";
import { evenRows } from "../stats/samplePositions.ts";
import { mean } from "../stats/mean.ts";
import { standardDeviation } from "../stats/standardDeviation.ts";
import { estimatePerformance } from "./estimatePerformance.ts";
import { metricInterval } from "./metricInterval.ts";
import { selectPrepared, type PreparedRows } from "./prepareRows.ts";

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
    return { ...nothing, ...empty, skipped: rows.noPredictions ?? "no row with a prediction has a label" };
  }
  const { metrics, intervals } = metricsOf(evaluation, options);
  return {
    ...nothing,
    metrics,
    intervals,
    value: metrics[metric] ?? null,
    errorStandardDeviation: errorStandardDeviation(evaluation),
    meanPredicted: shareOrMean(evaluation, evaluation.yPred),
    meanActual: shareOrMean(evaluation, evaluation.yTrue),
    points: pointsOf(judged, model),
  };
}

const empty = {
  metrics: {},
  intervals: {},
  value: null,
  errorStandardDeviation: null,
  meanPredicted: null,
  meanActual: null,
  points: [],
};

/** Positions of the rows that have both a label and a prediction. */
export function labelledRows({ yTrue, yPred }: PreparedRows): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < yTrue.length; row++)
    if (!Number.isNaN(yTrue[row]!) && !Number.isNaN(yPred[row]!)) rows.push(row);
  return Int32Array.from(rows);
}

export function evaluationOf({ yTrue, yPred, probabilities }: PreparedRows, { signature }: Model): Evaluation {
  const { task, classes = [] } = signature.target;
  return { task, classCount: classes.length, yTrue, yPred, probabilities };
}

function metricsOf(
  evaluation: Evaluation,
  { metric, required, seed }: Pick<PerformanceOptions, "metric" | "required" | "seed">,
): MetricValues {
  const metrics = computeMetrics(evaluation);
  const names = metricsWithInterval(metrics, evaluation.yTrue.length, [metric, ...required]);
  const intervals = names.map((name) => {
    return [name, metrics[name] === null ? null : metricInterval(evaluation, name, { seed })] as const;
  });
  return { metrics, intervals: Object.fromEntries(intervals) };
}

/**
 * 99.8 % interval of the main metric: wide, so that the limit taken from the test set does not raise an alarm every
 * other week. Null if the metric is undefined.
 */
export function sureInterval(rows: PreparedRows, { model, metric, seed }: PerformanceOptions) {
  const evaluation = evaluationOf(selectPrepared(rows, labelledRows(rows)), model);
  return metricInterval(evaluation, metric, { seed, resamples: 2000, confidence: 0.998 });
}

/** Of label minus prediction, with n − 1 as Evidently computes it. */
function errorStandardDeviation({ task, yTrue, yPred }: Evaluation): number | null {
  if (task !== "regression") return null;
  const errors = yTrue.map((value, row) => value - yPred[row]!);
  const deviation = standardDeviation(errors, { ddof: 1 });
  return Number.isFinite(deviation) ? deviation : null;
}

/** For two classes the share of the positive class; null for more classes. */
function shareOrMean({ task }: Evaluation, values: Float64Array): number | null {
  return task === "multiclass" ? null : mean(values);
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
