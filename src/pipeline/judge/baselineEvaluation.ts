/** Evaluates the baseline on the rows that a model was evaluated on. */
import { costsOfRows } from "../../core/costs.ts";
import type { Costs, Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { applyThreshold } from "../predict/predictor.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Task } from "../../core/table/table.ts";

export function baselineEvaluation({ baseline }: Pick<Model, "baseline">, evaluation: Evaluation): Evaluation {
  const { task, classCount, yTrue, costs } = evaluation;
  const none = { rowCount: yTrue.length, columnNames: [], values: new Float64Array(0) };
  const raw = findEstimator(baseline.family).load(baseline).predict(none);
  const threshold = costs === undefined ? null : cheapestThreshold(costs);
  return { task, classCount, yTrue, costs, ...applyThreshold(raw, { task, classCount, threshold }) };
}

/** Of two classes the constant prediction that is better by a metric: F1 is 0 if it is "no", and a model of noise would beat it. */
export function betterConstant(baseline: Evaluation, metric: string): Evaluation {
  if (baseline.task !== "binary") return baseline;
  const { compute, greaterIsBetter } = findMetric(metric, baseline.task);
  const other = { ...baseline, yPred: baseline.yPred.map((code) => 1 - code) };
  const [own, turned] = [compute(baseline), compute(other)];
  return (greaterIsBetter ? turned > own : turned < own) ? other : baseline;
}

/** Threshold at which yes and no cost the same on average: the baseline predicts the cheaper one (Elkan, 2001). */
function cheapestThreshold({ truePositive, falsePositive, falseNegative, trueNegative }: Costs): number | null {
  const [alarm, miss] = [falsePositive - trueNegative, falseNegative - truePositive];
  return alarm > 0 && miss > 0 ? alarm / (alarm + miss) : null;
}

/** The problem if predictions are constant though labels vary; else undefined. F1 may rank such a model first. */
export function degenerate({ task, yTrue, yPred }: Evaluation, classes: readonly string[] = []): string | undefined {
  if (yPred.length < 2 || !constant(yPred) || constant(yTrue)) return undefined;
  const prediction = task === "regression" ? String(yPred[0]) : classes[yPred[0]!];
  return `it predicts ${prediction} for all ${yPred.length} rows`;
}

function constant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

type Values = Readonly<Record<string, number | null>>;

/** Compares log loss or RMSE, whichever metric ranks the models: F1 may prefer worse probabilities. */
export function worseThanBaseline(
  metrics: Values,
  baseline: Values,
  { task, metric }: { readonly task: Task; readonly metric: string | undefined },
): string | undefined {
  const name = task === "regression" ? "rmse" : "log_loss";
  const [own, other] = [metrics[name] ?? null, baseline[name] ?? null];
  if (own === null || other === null || own <= other) return undefined;
  const values = `${name} ${formatNumber(own)} vs ${formatNumber(other)}`;
  if (task === "regression")
    return `the predictions are worse than those of the baseline, the same number for every row: ${values}`;
  const settings = [
    ...(metric === "log_loss" ? [] : ['{ "metric": "log_loss" }']),
    ...(task === "binary" ? ['{ "calibration": "sigmoid" }'] : []),
  ];
  const advice = settings.length === 0 ? "" : `; if you use them, set "train": ${settings.join(" or ")}`;
  return `the probabilities are worse than the shares of the classes alone: ${values}${advice}`;
}

interface Priced {
  readonly metrics: Values;
  readonly baseline: Values;
  readonly confusionMatrix: readonly (readonly number[])[] | null;
}

interface PricedBy {
  readonly costs: Costs | undefined;
  readonly unit: string | null;
  /** The deciding one. */
  readonly metric: string;
  readonly classes: readonly string[] | undefined;
}

/** @returns a warning if it would cost no more to give every row the same prediction */
export function dearerThanConstant(
  { metrics, baseline, confusionMatrix }: Priced,
  { costs, unit, metric, classes = [] }: PricedBy,
): string | undefined {
  const own = metrics["cost"] ?? null;
  if (own === null) return undefined;
  const rows = costs && confusionMatrix ? costsOfRows(confusionMatrix, costs) : undefined;
  const others: (readonly [string, number])[] =
    rows === undefined
      ? [["the same prediction for every row", baseline["cost"] ?? Infinity]]
      : [
          [`"${classes[1]}" for every row`, rows.everyRow],
          [`"${classes[0]}" for every row`, rows.noRow],
        ];
  if (others.every(([, value]) => own < value)) return undefined;
  const hint = metric === "cost" ? "" : '; to choose the model by cost, set "train": { "metric": "cost" }';
  const text = others.map(([what, value]) => `${what} would cost ${formatNumber(value)}`).join(", ");
  return `the model costs ${formatNumber(own)} ${unit}; ${text}${hint}`;
}
