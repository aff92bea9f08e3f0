import { describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import type { Table, TargetSpec } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { explain } from "../predict/explain.ts";
import { fitOn, type Candidate } from "./fitCandidate.ts";
import { blended, selectEnsemble } from "./selectEnsemble.ts";

const ROWS = 400;
const { normal } = random(5);
const truth = Float64Array.from({ length: ROWS }, () => 3 * normal());
const noisy = (size: number): Float64Array => truth.map((value) => value + size * normal());

describe("selectEnsemble", () => {
  const regression = { task: "regression", classCount: 0, y: truth } as const;

  it("finds the weights of the best mean of models with independent errors", () => {
    const predictions = [noisy(1), noisy(2), noisy(50)];
    const weights = selectEnsemble({ ...regression, predictions })!;
    // The inverse variances, 1 and 1/4, in shares; the third model is left out.
    expect(weights[0]).toBeGreaterThan(0.7);
    expect(weights[0]).toBeLessThan(0.9);
    expect(weights[2]).toBe(0);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
  });

  it("keeps one model where another one only repeats it or hurts", () => {
    const good = noisy(1);
    expect(selectEnsemble({ ...regression, predictions: [good, good] })).toBeUndefined();
    expect(selectEnsemble({ ...regression, predictions: [truth, noisy(9)] })).toBeUndefined();
  });

  it("blends probabilities as log-odds, and of several classes as inputs of the softmax", () => {
    const two = [Float64Array.of(0.9, 0), Float64Array.of(0.1, 0.5)];
    const shares = blended({ task: "binary", classCount: 2, predictions: two }, Float64Array.of(0.5, 0.5));
    expect(shares[0]).toBeCloseTo(0.5, 12);
    expect(shares[1]).toBeCloseTo(1e-6, 8);
    const three = [Float64Array.of(0.5, 0.25, 0.25), Float64Array.of(0.2, 0.4, 0.4)];
    const blend = blended({ task: "multiclass", classCount: 3, predictions: three }, Float64Array.of(0.5, 0.5));
    const roots = [0.5 * 0.2, 0.25 * 0.4, 0.25 * 0.4].map(Math.sqrt);
    blend.forEach((share, k) => expect(share).toBeCloseTo(roots[k]! / (roots[0]! + roots[1]! + roots[2]!), 12));
  });
});

describe("an ensemble", () => {
  const table: Table = {
    rowCount: ROWS,
    columns: [
      { kind: "number", name: "a", values: noisy(1) },
      { kind: "number", name: "b", values: noisy(3).map((value, row) => (row % 9 === 0 ? NaN : value)) },
    ],
  };
  const targets = {
    regression: { target: { name: "y", task: "regression" }, y: truth },
    binary: { target: { name: "y", task: "binary", classes: ["no", "yes"] }, y: truth.map((v) => (v > 0 ? 1 : 0)) },
    multiclass: {
      target: { name: "y", task: "multiclass", classes: ["low", "mid", "high"] },
      y: truth.map((value) => (value < -1 ? 0 : value < 1 ? 1 : 2)),
    },
  } satisfies Record<string, { target: TargetSpec; y: Float64Array }>;

  it.each(["regression", "binary", "multiclass"] as const)(
    "predicts and explains the weighted margins of its members: %s",
    async (task) => {
      const { target, y } = targets[task];
      const linear = task === "regression" ? "ridge" : "logistic_regression";
      const members: { family: string; params: Record<string, number>; weight: number }[] = [
        { family: "xgboost", params: { n_estimators: 15 }, weight: 0.7 },
        { family: linear, params: {}, weight: 0.3 },
      ];
      const own = { featureSet: "all", featurePatterns: null, features: null, threshold: 0.5, metric: "rmse", seed: 1 };
      const all = { data: { inputs: table, y, target }, rows: Int32Array.from(y.keys()) };
      const candidate: Candidate = { family: "ensemble", params: { members }, ...own };
      const model = await fitOn(candidate, all, {});
      const again = JSON.parse(JSON.stringify(model)) as typeof model;
      const predicted = findEstimator("ensemble").load(again.estimator).predict(featureMatrix(table, again.transforms));
      const alone = await Promise.all(
        members.map(async ({ family, params }) => {
          const { transforms, estimator } = await fitOn({ ...candidate, family, params }, all, {});
          return findEstimator(family).load(estimator).predict(featureMatrix(table, transforms));
        }),
      );
      const classCount = target.task === "regression" ? 0 : target.classes.length;
      const expected = blended({ task, classCount, predictions: alone }, Float64Array.of(0.7, 0.3));
      predicted.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));

      const { values: shap, baseValues, outputCount, featureNames } = explain(model, table);
      const width = featureNames.length;
      const margins = Float64Array.from({ length: ROWS * outputCount }, (_, line) => {
        const values = shap.subarray(line * width, (line + 1) * width);
        return baseValues[line % outputCount]! + values.reduce((sum, value) => sum + value, 0);
      });
      for (let row = 0; row < ROWS; row++) {
        // The margins of several classes are known up to a constant of the row.
        const shift = task === "multiclass" ? margins[row * outputCount]! - Math.log(predicted[row * outputCount]!) : 0;
        for (let k = 0; k < outputCount; k++) {
          const at = row * outputCount + k;
          const margin =
            task === "regression"
              ? predicted[at]!
              : Math.log(predicted[at]! / (task === "binary" ? 1 - predicted[at]! : 1));
          expect(margins[at]! - shift).toBeCloseTo(margin, 4);
        }
      }
    },
  );
});
