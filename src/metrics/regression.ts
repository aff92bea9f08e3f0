/** Metrics of regression, in units of the target unless they say otherwise; and the cost of predictions of either task. */
import type { Evaluation } from "../core/metric.ts";
import { sortingOrder } from "../stats/sortingOrder.ts";
import { meanMetric, rowErrors, type Unnamed } from "./metricKinds.ts";

const ofErrors = { tasks: ["regression"], unbounded: true } as const;

const square = (yTrue: number, yPred: number): number => (yTrue - yPred) ** 2;
const distance = (yTrue: number, yPred: number): number => Math.abs(yTrue - yPred);

export const regressionMetrics = {
  rmse: errorMetric("RMSE", square, Math.sqrt),
  /** In squared units of the target. */
  mse: errorMetric("MSE", square),
  mae: errorMetric("MAE", distance),
  /** A fraction, not percent, like scikit-learn: 0.1 means 10 %. A label of zero makes it huge but finite. */
  mape: errorMetric("MAPE", (yTrue, yPred) => distance(yTrue, yPred) / Math.max(Math.abs(yTrue), Number.EPSILON)),
  /** 2 |yTrue − yPred| / (|yTrue| + |yPred|), a fraction from 0 to 2; 0 if both are zero. */
  smape: errorMetric("SMAPE", (yTrue, yPred) => {
    const scale = Math.abs(yTrue) + Math.abs(yPred);
    return scale === 0 ? 0 : (2 * distance(yTrue, yPred)) / scale;
  }),
  /** Below 0 is worse than predicting the mean. For a constant target 1 if predicted exactly, else 0, like scikit-learn. */
  r2: {
    label: "R²",
    tasks: ["regression"],
    greaterIsBetter: true,
    prepare: (evaluation) => (rowCounts) => determination(evaluation, rowCounts),
  },
  /** Robust to outliers. */
  median_absolute_error: sortedErrorMetric("Median absolute error", middle),
  max_error: sortedErrorMetric("Max error", ({ errors, order }, rowCounts) => {
    const worst = order.findLast((row) => rowCounts[row]! > 0);
    return worst === undefined ? NaN : errors[worst]!;
  }),
  /** Money per 1,000 rows, from `costs` in config.json; undefined without them. A gain is negative: less is always better. */
  cost: meanMetric("Cost per 1,000 rows", costsOf, {
    tasks: ["regression", "binary"],
    unbounded: true,
    needsCosts: true,
    finish: (mean) => 1000 * mean,
  }),
} satisfies Record<string, Unnamed>;

/** The mean of an error of each row, from its label and its prediction. */
function errorMetric(
  label: string,
  errorOf: (yTrue: number, yPred: number) => number,
  finish?: (mean: number) => number,
): Unnamed {
  return meanMetric(label, (evaluation) => rowErrors(evaluation, errorOf), { ...ofErrors, ...(finish && { finish }) });
}

interface SortedErrors {
  readonly errors: Float64Array;
  readonly order: Uint32Array;
}

/** NaN if an error is NaN, because then there is no order. */
function sortedErrorMetric(label: string, valueOf: (sorted: SortedErrors, rowCounts: Uint32Array) => number): Unnamed {
  return {
    label,
    ...ofErrors,
    greaterIsBetter: false,
    prepare(evaluation) {
      const errors = rowErrors(evaluation, distance);
      if (errors.some(Number.isNaN)) return () => NaN;
      const order = sortingOrder(errors);
      return (rowCounts) => valueOf({ errors, order }, rowCounts);
    },
  };
}

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

function middle({ errors, order }: SortedErrors, rowCounts: Uint32Array): number {
  const total = rowCounts.reduce((sum, count) => sum + count, 0);
  /** The error at `position` if each row is repeated as often as it was drawn. */
  const errorAt = (position: number): number => {
    let passed = 0;
    for (const row of order) {
      passed += rowCounts[row]!;
      if (passed > position) return errors[row]!;
    }
    return NaN;
  };
  const low = errorAt(Math.floor((total - 1) / 2));
  return total % 2 === 1 ? low : (low + errorAt(total / 2)) / 2;
}

function costsOf(evaluation: Evaluation): Float64Array | null {
  const { costs, task } = evaluation;
  if (costs === undefined) return null;
  const { truePositive, falsePositive, falseNegative, trueNegative, over, under } = costs;
  if (task === "regression")
    return rowErrors(evaluation, (yTrue, yPred) => (yPred > yTrue ? over * (yPred - yTrue) : under * (yTrue - yPred)));
  return rowErrors(evaluation, (yTrue, yPred) => {
    if (yTrue === 1) return yPred === 1 ? truePositive : falseNegative;
    return yPred === 1 ? falsePositive : trueNegative;
  });
}
