import { describe, expect, it } from "vitest";
import type { Estimator, FitOptions } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/table.ts";
import { elasticNet, lasso } from "./elasticNet.ts";
import { ridge } from "./ridge.ts";

// The same data in Python; the fourth column is almost a copy of the first:
//   i, j = np.ogrid[0:60, 0:4]
//   X = (i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009 / 1009 - 0.5
//   X[:, 3] = X[:, 0] + X[:, 3] / 100
//   y = 3 * X[:, 0] - 2 * X[:, 1] + 5 + np.arange(60) * 389 % 1009 / 1009
//   w = 0.5 + np.arange(60) % 3
//   k = dict(tol=1e-14, max_iter=10**6)
const cell = (i: number, j: number): number => ((i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009) / 1009 - 0.5;
const rows = Array.from({ length: 60 }, (_, i) => [cell(i, 0), cell(i, 1), cell(i, 2), cell(i, 0) + cell(i, 3) / 100]);
const X: Matrix = { rowCount: 60, columnNames: ["a", "b", "c", "d"], values: Float64Array.from(rows.flat()) };
const y = Float64Array.from(rows, ([a, b], i) => 3 * a! - 2 * b! + 5 + ((i * 389) % 1009) / 1009);
const sampleWeight = Float64Array.from(rows, (_, i) => 0.5 + (i % 3));

async function fit(estimator: Estimator, params: JsonObject, more: Partial<FitOptions> = {}): Promise<number[]> {
  const { state } = await estimator.fit(X, y, { task: "regression", classCount: 0, params, seed: 1, ...more });
  return [...(state.coefficients as number[]), state.intercept as number];
}

/** Both converged far beyond this tolerance: only rounding differs. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, at) => expect(found[at]).toBeCloseTo(value, 7));
}

describe("ridge", () => {
  it.each([
    // Ridge(0.5).fit(X, y): coef_ and intercept_
    [
      { alpha: 0.5 },
      undefined,
      [1.4407577675399894, -1.8340751644469828, -0.013977897560450737, 1.4428280655442032, 5.493874621555218],
    ],
    // Ridge(0.5).fit(X, y, sample_weight=w)
    [
      { alpha: 0.5 },
      sampleWeight,
      [1.4762608314231644, -1.9510712784411284, -0.03611213458745857, 1.4825966761057272, 5.491544833157666],
    ],
    // Ridge(2, fit_intercept=False).fit(X, y, sample_weight=w)
    [
      { alpha: 2, fit_intercept: false },
      sampleWeight,
      [-0.6047589794213909, -3.49748292229888, -2.202808271821343, -0.45590560525044416, 0],
    ],
  ])("finds the same coefficients as scikit-learn's Ridge: %j", async (params, weights, expected) => {
    expectClose(await fit(ridge, params, weights === undefined ? {} : { sampleWeight: weights }), expected);
  });

  it("fits more features than rows", async () => {
    // at the optimum the gradient of the objective is 0: Xᵀ (X w − y) + alpha w
    const few = { rowCount: 3, columnNames: X.columnNames, values: X.values.slice(0, 12) };
    const params = { alpha: 0.1, fit_intercept: false };
    const { state } = await ridge.fit(few, y.slice(0, 3), { task: "regression", classCount: 0, params, seed: 1 });
    const w = state.coefficients as number[];
    for (let j = 0; j < 4; j++) {
      let gradient = 0.1 * w[j]!;
      for (let i = 0; i < 3; i++) gradient += rows[i]![j]! * (rows[i]!.reduce((s, x, k) => s + x * w[k]!, 0) - y[i]!);
      expect(gradient).toBeCloseTo(0, 12);
    }
  });
});

describe("lasso", () => {
  it.each([
    // Lasso(0.02, **k).fit(X, y)
    [{ alpha: 0.02 }, undefined, [0, -1.7868501228644709, 0, 2.791982803335695, 5.492077728930234]],
    // Lasso(0.02, **k).fit(X, y, sample_weight=w)
    [{ alpha: 0.02 }, sampleWeight, [0, -1.865965557201251, 0, 2.8206608890007665, 5.486700949481064]],
    // Lasso(0.02, fit_intercept=False, **k).fit(X, y, sample_weight=w)
    [
      { alpha: 0.02, fit_intercept: false },
      sampleWeight,
      [-0.9635738041754304, -4.0233446566531645, -2.4688290876075976, 0, 0],
    ],
  ])("finds the same coefficients as scikit-learn's Lasso: %j", async (params, weights, expected) => {
    expectClose(await fit(lasso, params, weights === undefined ? {} : { sampleWeight: weights }), expected);
  });

  it("drops every feature if the penalty exceeds the largest gradient", async () => {
    const mean = y.reduce((sum, value) => sum + value, 0) / 60;
    expectClose(await fit(lasso, { alpha: 10 }), [0, 0, 0, 0, mean]);
  });
});

describe("elastic net", () => {
  it.each([
    // ElasticNet(0.05, l1_ratio=0.3, **k).fit(X, y)
    [undefined, [1.1953701702820283, -1.3322189959393829, 0, 1.1975851763469396, 5.501157420202122]],
    // ElasticNet(0.05, l1_ratio=0.3, **k).fit(X, y, sample_weight=w)
    [sampleWeight, [1.1957606111226704, -1.4086648332621783, 0, 1.1962392489726354, 5.480255805947832]],
  ])("finds the same coefficients as scikit-learn's ElasticNet", async (weights, expected) => {
    const params = { alpha: 0.05, l1_ratio: 0.3 };
    expectClose(await fit(elasticNet, params, weights === undefined ? {} : { sampleWeight: weights }), expected);
  });

  it("without L1 equals ridge with the penalty divided by the number of rows", async () => {
    expectClose(await fit(elasticNet, { alpha: 0.5 / 60, l1_ratio: 0 }), await fit(ridge, { alpha: 0.5 }));
  });
});
