import { describe, expect, it } from "vitest";
import { categoryColumn, type Task } from "../../core/table/table.ts";
import { baselineEvaluation } from "./baselineEvaluation.ts";
import { fitBaseline } from "../fit/fitCandidate.ts";

const letters = ["a", "b", "c"];

/** Fits on all but the first row of `y` and predicts two rows. */
async function evaluationOf(task: Task, y: readonly number[]) {
  const classCount = task === "regression" ? 0 : task === "binary" ? 2 : 3;
  const inputs = { rowCount: y.length, columns: [categoryColumn("text", y.map(String))] };
  const classes = classCount === 0 ? {} : { classes: letters.slice(0, classCount) };
  const data = { inputs, y: Float64Array.from(y), target: { name: "y", task, ...classes } };
  const rows = Int32Array.from(y.keys()).slice(1);
  const baseline = await fitBaseline(data, rows);
  const yTrue = Float64Array.of(0, 1);
  const evaluation = { task, classCount, yTrue, yPred: Float64Array.of(9, 9), probabilities: null };
  return baselineEvaluation({ baseline }, evaluation);
}

describe("fitBaseline and baselineEvaluation", () => {
  it("predicts the cheaper of always yes and always no if there are costs", async () => {
    const costs = { truePositive: 0, falsePositive: 1, falseNegative: 3, trueNegative: 0, over: 0, under: 0 };
    const inputs = { rowCount: 6, columns: [] };
    // Two of six are yes: always yes costs 4/6 · 1, always no 2/6 · 3 = 1, or 2/6 · 1.5 = 0.5 if a miss costs half.
    const data = {
      inputs,
      y: Float64Array.of(0, 0, 1, 1, 0, 0),
      target: { name: "y", task: "binary", classes: ["no", "yes"] },
    } as const;
    const baseline = await fitBaseline(data, Int32Array.of(0, 1, 2, 3, 4, 5));
    const evaluation = {
      task: "binary",
      classCount: 2,
      yTrue: Float64Array.of(0),
      yPred: Float64Array.of(9),
      probabilities: null,
    } as const;
    expect(baselineEvaluation({ baseline }, { ...evaluation, costs })).toMatchObject({
      yPred: Float64Array.of(1),
      costs,
    });
    const cheap = { ...costs, falseNegative: 1.5 };
    expect(baselineEvaluation({ baseline }, { ...evaluation, costs: cheap }).yPred).toEqual(Float64Array.of(0));
  });

  it("predicts the shares of two classes", async () => {
    // DummyClassifier(strategy="prior").fit(X, [0, 1, 1, 0, 1]).predict_proba(X[:2]) → [[0.4, 0.6], …], predict → [1, 1]
    expect(await evaluationOf("binary", [0, 0, 1, 1, 0, 1])).toEqual({
      task: "binary",
      classCount: 2,
      yTrue: Float64Array.of(0, 1),
      yPred: Float64Array.of(1, 1),
      probabilities: Float64Array.of(0.6, 0.6),
    });
  });

  it("predicts the shares of many classes", async () => {
    // DummyClassifier(strategy="prior").fit(X, [0, 1, 2, 2, 1, 2, 2]).predict_proba(X[:1]) → [[1/7, 2/7, 4/7]], predict → [2]
    const { yPred, probabilities } = await evaluationOf("multiclass", [0, 0, 1, 2, 2, 1, 2, 2]);
    expect([...yPred]).toEqual([2, 2]);
    expect([...probabilities!]).toEqual([1 / 7, 2 / 7, 4 / 7, 1 / 7, 2 / 7, 4 / 7]);
  });

  it("predicts the mean", async () => {
    // DummyRegressor().fit(X, [1.5, 2.5, -3, 7]).predict(X[:2]) → [2., 2.]
    const { yPred, probabilities } = await evaluationOf("regression", [1e9, 1.5, 2.5, -3, 7]);
    expect([...yPred]).toEqual([2, 2]);
    expect(probabilities).toBeNull();
  });
});
