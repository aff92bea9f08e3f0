/** Baseline: answers the mean, or the class shares, whatever the row says; what every real model has to beat. */
import type { Estimator, FitOptions, FittedEstimator, Predictor } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/matrix.ts";
import { numberList } from "./fittedState.ts";
import { resolveParams } from "./params.ts";

/** The same answers as scikit-learn's DummyRegressor("mean") and DummyClassifier("prior"). */
export const baseline = {
  family: "baseline",
  description: "mean of the target, or the share of each class: the bar for every other family",
  tasks: ["regression", "binary", "multiclass"],
  params: [],
  needs: { complete: false, standardized: false },

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    if (y.length === 0) throw new MlctlError("data", "baseline has no row to learn from");
    const params = resolveParams(baseline.params, options.params, "baseline");
    const { task, classCount } = options;
    const answer = task === "regression" ? [mean(y, options)] : classShares(y, options);
    return { family: "baseline", params, featureNames: X.columnNames, task, classCount, state: { answer } };
  },

  load(fitted: FittedEstimator): Predictor {
    const answer = numberList(fitted, "answer", fitted.state.answer, Math.max(1, fitted.classCount));
    const row = fitted.task === "binary" ? answer.subarray(1) : answer;
    return {
      predict(X) {
        const result = new Float64Array(X.rowCount * row.length);
        for (let i = 0; i < X.rowCount; i++) result.set(row, i * row.length);
        return result;
      },
    };
  },
} satisfies Estimator;

function mean(y: Float64Array, { sampleWeight }: FitOptions): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[i]!;
    sum += weight * y[i]!;
    total += weight;
  }
  return sum / total;
}

function classShares(y: Float64Array, { classCount, sampleWeight }: FitOptions): number[] {
  const shares = Array.from({ length: classCount }, () => 0);
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[i]!;
    shares[y[i]!]! += weight;
    total += weight;
  }
  return shares.map((share) => share / total);
}
