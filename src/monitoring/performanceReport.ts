/** Metrics of a window: of the rows that have labels, and estimated from the probabilities (CBPE). */
import { costsOfRows } from "../core/costs.ts";
import type { Evaluation } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import type { PerformanceEstimate, PerformanceReport } from "../core/records/monitoring.ts";
import { random } from "../core/random.ts";
import { selectValues } from "../core/table/table.ts";
import {
  metricsWithInterval,
  bootstrapInterval,
  percentileInterval,
  type BootstrapOptions,
  type Interval,
} from "../metrics/bootstrapInterval.ts";
import { confusionMatrix } from "../metrics/confusionMatrix.ts";
import { computeMetrics, findMetric } from "../metrics/findMetric.ts";
import { isCalibrated } from "../pipeline/predict/predictor.ts";
import { evenRows } from "../stats/samplePositions.ts";
import { mean, standardDeviation } from "../stats/descriptive.ts";
import type { JudgeOptions } from "./judgeOptions.ts";
import { selectPredicted, type PreparedRows } from "./prepareRows.ts";

const MAXIMUM_POINTS = 300;

/** Positions of the rows that have both a label and a prediction. */
export function labelledRows({ yTrue, yPred }: PreparedRows): Int32Array {
  return Int32Array.from(yTrue.keys()).filter((row) => !Number.isNaN(yTrue[row]!) && !Number.isNaN(yPred[row]!));
}

export function evaluationOf(
  rows: PreparedRows,
  positions: Int32Array,
  { model, money }: Pick<JudgeOptions, "model" | "money">,
): Evaluation {
  const { task, classes = [] } = model.signature.target;
  const { yTrue, yPred, probabilities } = rows;
  const selected = selectPredicted({ yTrue, yPred, probabilities }, positions);
  return { ...selected, task, classCount: classes.length, costs: money?.costs };
}

interface PerformanceOptions extends Pick<JudgeOptions, "model" | "monitor" | "metric" | "test" | "money" | "seed"> {
  readonly labelled: Int32Array;
  readonly evaluation: Evaluation;
  /** Number of inputs that drifted. */
  readonly drifted: number;
}

/** @param options `evaluation` of the rows `labelled` */
export function performanceReport(rows: PreparedRows, options: PerformanceOptions): PerformanceReport {
  const { model, metric, labelled, evaluation, seed, monitor } = options;
  const estimate = rows.noPredictions === null ? estimatePerformance(rows, options) : null;
  const nothing = { rows: labelled.length, metric, reference: options.test.value, estimate };
  if (labelled.length === 0) {
    const noMeans = { errorStandardDeviation: null, meanPredicted: null, meanActual: null };
    const skipped = rows.noPredictions ?? "no row with a prediction has a label";
    return { ...nothing, ...noMeans, metrics: {}, intervals: {}, value: null, points: [], skipped };
  }
  const metrics = computeMetrics(evaluation);
  // A metric with a limit always gets an interval.
  const names = metricsWithInterval(metrics, labelled.length, [metric, "cost", ...Object.keys(monitor.require)]);
  const intervals = names.map((name) => {
    return [name, metrics[name] === null ? null : metricInterval(evaluation, name, { seed })] as const;
  });
  // For two classes the share of the positive class.
  const shareOrMean = (values: Float64Array): number | null => (evaluation.task === "multiclass" ? null : mean(values));
  return {
    ...nothing,
    metrics,
    intervals: Object.fromEntries(intervals),
    value: metrics[metric] ?? null,
    ...(options.money && "cost" in metrics && { money: moneyOf(evaluation, options.money) }),
    errorStandardDeviation: errorStandardDeviation(evaluation),
    meanPredicted: shareOrMean(evaluation.yPred),
    meanActual: shareOrMean(evaluation.yTrue),
    points: pointsOf(rows, labelled, model),
  };
}

function moneyOf(evaluation: Evaluation, { costs, unit, reference }: NonNullable<JudgeOptions["money"]>) {
  const known = { unit, reference };
  if (evaluation.task !== "binary") return known;
  const { everyRow, noRow } = costsOfRows(confusionMatrix(evaluation), costs)!;
  return { ...known, everyRow, noRow };
}

/** Of label minus prediction, with n − 1 as Evidently computes it. */
function errorStandardDeviation({ task, yTrue, yPred }: Evaluation): number | null {
  if (task !== "regression") return null;
  const errors = yTrue.map((value, row) => value - yPred[row]!);
  const deviation = standardDeviation(errors, { ddof: 1 });
  return Number.isFinite(deviation) ? deviation : null;
}

function pointsOf(
  { yTrue, yPred, time }: PreparedRows,
  labelled: Int32Array,
  { signature }: Model,
): PerformanceReport["points"] {
  const { classes } = signature.target;
  const shown = (value: number): number | string => (classes === undefined ? value : classes[value]!);
  const order = time === null ? labelled : labelled.toSorted((a, b) => time[a]! - time[b]! || a - b);
  return Array.from(evenRows(order.length, MAXIMUM_POINTS), (place) => {
    const row = order[place]!;
    const at = time === null || Number.isNaN(time[row]!) ? null : new Date(time[row]!).toISOString();
    return [at, shown(yPred[row]!), shown(yTrue[row]!)] as const;
  });
}

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

/** Draws of the unknown labels, for the intervals. */
const DRAWS = 200;

/** Chosen evenly: more rows would hardly change an estimated interval. */
const MAXIMUM_DRAWN = 5_000;

/**
 * Binary classification, with p the probability of class 1: a row predicted as 1 is a true positive with probability p, a
 * row predicted as 0 a false negative. The 95 % intervals come from labels that are repeatedly drawn.
 * @returns null for other tasks, or if no row has a probability
 * @see NannyML's CBPE, docs "Estimation of performance of the monitored model"
 */
function estimatePerformance(
  { yPred: all, probabilities: of }: PreparedRows,
  { model, seed, evaluation, drifted }: PerformanceOptions,
): PerformanceEstimate | null {
  if (model.signature.target.task !== "binary" || of === null) return null;
  const predicted = [...all.keys()].filter((row) => !Number.isNaN(of[row]!));
  if (predicted.length === 0) return null;
  const [probabilities, yPred] = [selectValues(of, predicted), selectValues(all, predicted)];
  const metrics = expectedMetrics(probabilities, yPred);
  const names = Object.keys(metrics);
  const known = evaluation.yTrue.length === 0 ? {} : computeMetrics({ ...evaluation, costs: undefined });
  return {
    method: "cbpe",
    rows: predicted.length,
    calibrated: isCalibrated(model),
    drifted,
    metrics,
    intervals: drawnIntervals({ probabilities, yPred }, names, seed),
    realised: known,
  };
}

const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

export function expectedMetrics(probabilities: Float64Array, yPred: Float64Array): Record<string, number | null> {
  let [truePositive, falsePositive, falseNegative, squares] = [0, 0, 0, 0];
  probabilities.forEach((p, row) => {
    squares += p * (1 - p);
    if (yPred[row] === 1) {
      truePositive += p;
      falsePositive += 1 - p;
    } else falseNegative += p;
  });
  const rows = probabilities.length;
  return {
    accuracy: (rows - falsePositive - falseNegative) / rows,
    precision: shareOf(truePositive, truePositive + falsePositive),
    recall: shareOf(truePositive, truePositive + falseNegative),
    f1: shareOf(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
    brier: squares / rows,
  };
}

function drawnIntervals(
  all: { readonly probabilities: Float64Array; readonly yPred: Float64Array },
  names: readonly string[],
  seed: number,
): PerformanceEstimate["intervals"] {
  const rows = evenRows(all.yPred.length, MAXIMUM_DRAWN);
  const probabilities = selectValues(all.probabilities, rows);
  const yPred = selectValues(all.yPred, rows);
  const { uniform } = random(seed);
  const drawn = Array.from({ length: DRAWS }, () => {
    // Drawn labels are certain, so they stand for probabilities of 0 and 1.
    const yTrue = probabilities.map((p) => (uniform() < p ? 1 : 0));
    const brier = yTrue.reduce((sum, value, row) => sum + (value - probabilities[row]!) ** 2, 0) / yTrue.length;
    return { ...expectedMetrics(yTrue, yPred), brier } as Record<string, number | null>;
  });
  // The standard error shrinks with the square root of the number of rows; labels were drawn for fewer rows.
  const shrink = Math.sqrt(rows.length / all.yPred.length);
  return Object.fromEntries(
    names.map((name) => {
      const values = Float64Array.from(drawn, (metrics) => metrics[name] ?? NaN);
      const interval = percentileInterval(values, 0.95);
      if (interval === null) return [name, null];
      const [low, high] = interval;
      const centre = (low + high) / 2;
      return [name, [centre + (low - centre) * shrink, centre + (high - centre) * shrink]];
    }),
  );
}
