/** Baseline: answers the mean, the class shares or the last value known; what every real model has to beat. */
import type { Estimator, FitOptions, FittedEstimator, Predictor } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/table/matrix.ts";
import type { Task } from "../core/task.ts";
import { numberList } from "./fittedState.ts";
import { resolveParams } from "./params.ts";

/** The same answers as scikit-learn's DummyRegressor("mean") and DummyClassifier("prior"). */
export const baseline = {
  family: "baseline",
  description: "mean of the target, or the share of each class: the bar for every other family",
  tasks: ["regression", "binary", "multiclass"],
  params: [
    {
      name: "strategy",
      type: "choice",
      default: "mean",
      choices: ["mean", "last"],
      description: "mean: of the target (classes: their shares); last: the value before, the feature <target>_lag_1",
    },
  ],
  needs: { complete: false, standardized: false },
  isBaseline: true,

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    if (y.length === 0) throw new MlctlError("data", "baseline has no row to learn from");
    const params = resolveParams(baseline.params, options.params, "baseline");
    const { task, classCount } = options;
    // Position of the feature that answers; null: the mean does.
    const last = params["strategy"] === "last" ? lastValue(X, task) : null;
    const answer = task === "regression" ? [mean(y, options)] : classShares(y, options);
    return { family: "baseline", params, featureNames: X.columnNames, task, classCount, state: { answer, last } };
  },

  load(fitted: FittedEstimator): Predictor {
    const answer = numberList(fitted, "answer", fitted.state.answer, Math.max(1, fitted.classCount));
    const last = fitted.state["last"];
    if (typeof last === "number") return { predict: (X) => columnOf(X, last, answer[0]!) };
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

/** @returns the position of the feature that holds the value before */
function lastValue({ columnNames }: Matrix, task: Task): number {
  if (task !== "regression") {
    throw new MlctlError("usage", 'baseline with strategy "last" predicts numbers, not classes', {
      hint: 'leave "strategy" out',
    });
  }
  const found = columnNames.filter((name) => name.endsWith("_lag_1"));
  if (found.length === 1) return columnNames.indexOf(found[0]!);
  const problem = found.length === 0 ? "there is no feature *_lag_1" : `there are several: ${found.join(", ")}`;
  throw new MlctlError("usage", `baseline answers the last value, but ${problem}`, {
    hint: 'add { "type": "lag" } to features, for the target only',
  });
}

/** Where the value before is missing, the mean. */
function columnOf({ rowCount, columnNames, values }: Matrix, column: number, absent: number): Float64Array {
  const answers = Float64Array.from({ length: rowCount }, (_, row) => values[row * columnNames.length + column]!);
  return answers.map((value) => (Number.isNaN(value) ? absent : value));
}

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
