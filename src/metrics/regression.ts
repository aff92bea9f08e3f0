/** Metrics of regression, in units of the target unless they say otherwise; and the cost of predictions of either task. */
import { errorMetric, sortedErrors, type SortedErrors, meanMetric, rowErrors, resampledMetric } from "./meanMetric.ts";
import type { Evaluation } from "../core/metric.ts";

export const rmse = errorMetric({
  name: "rmse",
  label: "RMSE",
  errorOf: (yTrue, yPred) => (yTrue - yPred) ** 2,
  finish: Math.sqrt,
});

/** In squared units of the target. */
export const mse = errorMetric({
  name: "mse",
  label: "MSE",
  errorOf: (yTrue, yPred) => (yTrue - yPred) ** 2,
});

export const mae = errorMetric({
  name: "mae",
  label: "MAE",
  errorOf: (yTrue, yPred) => Math.abs(yTrue - yPred),
});

/** A fraction, not percent, like scikit-learn: 0.1 means 10 %. A label of zero makes it huge but finite. */
export const mape = errorMetric({
  name: "mape",
  label: "MAPE",
  errorOf: (yTrue, yPred) => Math.abs(yTrue - yPred) / Math.max(Math.abs(yTrue), Number.EPSILON),
});

/** 2 |yTrue − yPred| / (|yTrue| + |yPred|), a fraction from 0 to 2; 0 if both are zero. */
export const smape = errorMetric({
  name: "smape",
  label: "SMAPE",
  errorOf: (yTrue, yPred) => {
    const scale = Math.abs(yTrue) + Math.abs(yPred);
    return scale === 0 ? 0 : (2 * Math.abs(yTrue - yPred)) / scale;
  },
});

/** Below 0 is worse than predicting the mean. For a constant target 1 if predicted exactly, else 0, like scikit-learn. */
export const r2 = resampledMetric({
  name: "r2",
  label: "R²",
  tasks: ["regression"],
  greaterIsBetter: true,
  prepare: (evaluation) => (rowCounts) => determination(evaluation, rowCounts),
});

function determination({ yTrue, yPred }: Evaluation, rowCounts: Uint32Array): number {
  const first = rowCounts.findIndex((count) => count > 0);
  if (first < 0) return NaN;
  // Shifted by a value of the sample, so that the variance of a constant target is exactly zero.
  const shift = yTrue[first]!;
  let rows = 0;
  let sum = 0;
  for (let i = 0; i < yTrue.length; i++) {
    rows += rowCounts[i]!;
    sum += rowCounts[i]! * (yTrue[i]! - shift);
  }
  const center = shift + sum / rows;
  let residual = 0;
  let variation = 0;
  for (let i = 0; i < yTrue.length; i++) {
    residual += rowCounts[i]! * (yTrue[i]! - yPred[i]!) ** 2;
    variation += rowCounts[i]! * (yTrue[i]! - center) ** 2;
  }
  if (rows < 2) return NaN;
  if (variation === 0) return residual === 0 ? 1 : residual > 0 ? 0 : NaN;
  return 1 - residual / variation;
}

/** Robust to outliers. */
export const medianAbsoluteError = resampledMetric({
  name: "median_absolute_error",
  label: "Median absolute error",
  tasks: ["regression"],
  unbounded: true,
  greaterIsBetter: false,
  prepare: (evaluation) => {
    const sorted = sortedErrors(evaluation);
    return sorted === null ? () => NaN : (rowCounts) => middle(sorted, rowCounts);
  },
});

function middle(sorted: SortedErrors, rowCounts: Uint32Array): number {
  const total = rowCounts.reduce((sum, count) => sum + count, 0);
  const low = errorAt(sorted, rowCounts, Math.floor((total - 1) / 2));
  return total % 2 === 1 ? low : (low + errorAt(sorted, rowCounts, total / 2)) / 2;
}

/** The error at `position` if each row is repeated as often as it was drawn. */
function errorAt({ errors, order }: SortedErrors, rowCounts: Uint32Array, position: number): number {
  let passed = 0;
  for (const row of order) {
    passed += rowCounts[row]!;
    if (passed > position) return errors[row]!;
  }
  return NaN;
}

export const maxError = resampledMetric({
  name: "max_error",
  label: "Max error",
  tasks: ["regression"],
  unbounded: true,
  greaterIsBetter: false,
  prepare: (evaluation) => {
    const sorted = sortedErrors(evaluation);
    if (sorted === null) return () => NaN;
    return (rowCounts) => {
      const worst = sorted.order.findLast((row) => rowCounts[row]! > 0);
      return worst === undefined ? NaN : sorted.errors[worst]!;
    };
  },
});

/** Money per 1,000 rows, from `costs` in config.json; undefined without them. A gain is negative, so that less is always better. */
export const cost = meanMetric({
  name: "cost",
  label: "Cost per 1,000 rows",
  tasks: ["regression", "binary"],
  unbounded: true,
  needsCosts: true,
  lossesOf: (evaluation) => {
    const { costs, task } = evaluation;
    if (costs === undefined) return null;
    const { truePositive, falsePositive, falseNegative, trueNegative, over, under } = costs;
    return task === "regression"
      ? rowErrors(evaluation, (yTrue, yPred) => (yPred > yTrue ? over * (yPred - yTrue) : under * (yTrue - yPred)))
      : rowErrors(evaluation, (yTrue, yPred) => {
          if (yTrue === 1) return yPred === 1 ? truePositive : falseNegative;
          return yPred === 1 ? falsePositive : trueNegative;
        });
  },
  finish: (mean) => 1000 * mean,
});
