/** Baseline: predicts the mean, the class shares or the previous value. Every other model has to beat it. */
import { param } from "../core/paramSpec.ts";
import type { Estimator, FitOptions, FittedEstimator, Predictor } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import { requireFeatures, scalar, type EstimatorInput, type GraphBuilder } from "../core/onnx.ts";
import type { Matrix, Task } from "../core/table/table.ts";
import { numberList, resolveParams, requireTarget } from "./fittedState.ts";
import { constantNodes } from "./linearOutput.ts";

/** Predicts the same as scikit-learn's DummyRegressor("mean") and DummyClassifier("prior"). */
export const baseline = {
  family: "baseline",
  description: "predicts the mean of the target or the class shares; every other family has to beat it",
  tasks: ["regression", "binary", "multiclass"],
  params: [
    param(
      "strategy",
      { type: "choice", default: "mean", choices: ["mean", "last"] },
      "mean: mean of the target, or class shares; last: previous value of the target, from the feature <target>_lag_1",
    ),
  ],
  needs: { complete: false, standardized: false },
  isBaseline: true,

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    options.signal?.throwIfAborted();
    if (y.length === 0) throw new MlctlError("data", "baseline has no rows to train on");
    requireTarget(y, "baseline");
    const params = resolveParams(baseline.params, options.params, "baseline");
    const { task, classCount } = options;
    // Column of the lag feature that is the prediction; null: predict the mean.
    const last = params["strategy"] === "last" ? lagColumn(X, task) : null;
    const state = { answer: meansOf(y, options), last };
    return { family: "baseline", params, featureNames: X.columnNames, task, classCount, state };
  },

  load(fitted: FittedEstimator): Predictor {
    const prediction = numberList(fitted, "answer", fitted.state.answer, Math.max(1, fitted.classCount));
    const last = fitted.state["last"];
    if (typeof last === "number") return { predict: (X) => columnOf(X, last, prediction[0]!) };
    const row = fitted.task === "binary" ? prediction.subarray(1) : prediction;
    return {
      predict(X) {
        const result = new Float64Array(X.rowCount * row.length);
        for (let i = 0; i < X.rowCount; i++) result.set(row, i * row.length);
        return result;
      },
    };
  },

  toOnnx(graph: GraphBuilder, { state, task }: FittedEstimator, input: EstimatorInput): string {
    const prediction = state["answer"] as readonly number[];
    const last = state["last"];
    if (typeof last !== "number")
      return constantNodes(graph, task === "binary" ? prediction.slice(1) : prediction, input);
    const place = graph.constant("int64", [last]);
    const value = graph.add("Gather", [requireFeatures(input), place], { axis: { int: 1 } });
    return graph.add("Where", [graph.add("IsNaN", [value]), scalar(graph, prediction[0]!), value]);
  },
} satisfies Estimator;

/** Position of the feature that holds the previous value of the target. */
function lagColumn({ columnNames }: Matrix, task: Task): number {
  if (task !== "regression") {
    throw new MlctlError("usage", 'baseline with strategy "last" supports regression only, not classification', {
      hint: 'remove "strategy"',
    });
  }
  const found = columnNames.filter((name) => name.endsWith("_lag_1"));
  if (found.length === 1) return columnNames.indexOf(found[0]!);
  const problem =
    found.length === 0 ? "no feature matches *_lag_1" : `several features match *_lag_1: ${found.join(", ")}`;
  throw new MlctlError("usage", `baseline with strategy "last" needs one lag feature, but ${problem}`, {
    hint: 'add { "type": "lag" } to "features" for the target only',
  });
}

/** Values of one column, NaN replaced by `fallback`. */
function columnOf({ rowCount, columnNames, values }: Matrix, column: number, fallback: number): Float64Array {
  const predictions = Float64Array.from({ length: rowCount }, (_, row) => values[row * columnNames.length + column]!);
  return predictions.map((value) => (Number.isNaN(value) ? fallback : value));
}

/** Regression: the (weighted) mean, one value. Classification: the (weighted) share of each class. */
function meansOf(y: Float64Array, { task, classCount, sampleWeight }: FitOptions): number[] {
  const sums = new Float64Array(Math.max(1, classCount));
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[i]!;
    if (task === "regression") sums[0]! += weight * y[i]!;
    else sums[y[i]!]! += weight;
    total += weight;
  }
  return Array.from(sums, (sum) => sum / total);
}
