import { describe, expect, it } from "vitest";
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { linearRegression } from "./linearRegression.ts";

// The same numbers in Python:
//   i, j = np.ogrid[0:200, 0:4]
//   X = (i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009 / 1009 - 0.5
//   noise = np.arange(200) * 389 % 1009 / 1009 - 0.5
//   y = 2 * X[:, 0] - X[:, 1] + X[:, 2] * X[:, 3] * 4 + noise
const columns = [0, 1, 2, 3].map((j) =>
  Array.from({ length: 200 }, (_, i) => ((i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009) / 1009 - 0.5),
);
const [a, b, c, d] = columns as [number[], number[], number[], number[]];
const y = Float64Array.from(a, (value, i) => 2 * value - b[i]! + c[i]! * d[i]! * 4 + ((i * 389) % 1009) / 1009 - 0.5);

function matrix(parts: readonly (readonly number[])[]): Matrix {
  const rowCount = parts[0]!.length;
  const values = Float64Array.from({ length: rowCount * parts.length }, (_, at) => {
    return parts[at % parts.length]![Math.floor(at / parts.length)]!;
  });
  return { rowCount, columnNames: parts.map((_, j) => `x${j}`), values };
}

function fit(X: Matrix, target: Float64Array, more: Partial<FitOptions> = {}): Promise<FittedEstimator> {
  return linearRegression.fit(X, target, { task: "regression", classCount: 0, params: {}, seed: 1, ...more });
}

/** Both use orthogonal factorizations in float64 at a condition number near 1: at least nine digits agree. */
function expectModel(fitted: FittedEstimator, coefficients: readonly number[], intercept: number): void {
  const found = fitted.state.coefficients as readonly number[];
  expect(found).toHaveLength(coefficients.length);
  coefficients.forEach((value, j) => expect(found[j]).toBeCloseTo(value, 10));
  expect(fitted.state.intercept).toBeCloseTo(intercept, 10);
}

describe("linearRegression", () => {
  it("finds the same coefficients as scikit-learn", async () => {
    // LinearRegression().fit(X, y)
    const expected = [2.030525009825282, -0.8628573467624774, -0.31199956341823054, 0.01880359372819342];
    expectModel(await fit(matrix(columns), y), expected, 0.014949643551913706);
  });

  it("applies sample weights as scikit-learn does", async () => {
    // LinearRegression().fit(X, y, sample_weight=1 + np.arange(200) % 3)
    const sampleWeight = y.map((_, i) => 1 + (i % 3));
    const expected = [2.0621126994494166, -0.8386502838482375, -0.23880116640240506, 0.013940082681185274];
    expectModel(await fit(matrix(columns), y, { sampleWeight }), expected, 0.012530264513885257);
  });

  it("fits without an intercept if fit_intercept is false", async () => {
    // LinearRegression(fit_intercept=False).fit(X, y)
    const expected = [2.0286868515088066, -0.8705722747016913, -0.3091649674914681, 0.01395372527474656];
    expectModel(await fit(matrix(columns), y, { params: { fit_intercept: false } }), expected, 0);
  });

  it("finds the minimum-norm solution for collinear or constant columns", async () => {
    // X5 = np.column_stack([X, X[:, 0] + 2 * X[:, 1], np.full(200, 3.0)]); LinearRegression().fit(X5, y)
    const collinear = [...columns, a.map((value, i) => value + 2 * b[i]!), a.map(() => 3)];
    const expected = [1.9797232904418927, -0.9644607855292521, -0.31199956341822993, 0.018803593728194436];
    expectModel(await fit(matrix(collinear), y), [...expected, 0.050801719383387456, 0], 0.014949643551913718);
  });

  it("finds the minimum-norm solution for fewer rows than columns", async () => {
    // LinearRegression().fit(X[:3], y[:3])
    const few = columns.map((column) => column.slice(0, 3));
    const expected = [7.080492613388247, 4.984808188288588, 1.492000813122329, -3.3979295121104593];
    expectModel(await fit(matrix(few), y.slice(0, 3)), expected, 4.457906784703043);
  });

  it("predicts the mean if no column varies", async () => {
    const fitted = await fit(matrix([[5, 5, 5]]), Float64Array.of(1, 2, 6));
    expectModel(fitted, [0], 3);
  });

  it("stays precise far from the origin and over many blocks of rows", async () => {
    // y = 3 + 2 (x - 1e6) exactly; 1e6 off the origin XᵀX would lose twelve digits, centred rows lose none
    const { normal } = random(3);
    const steps = Array.from({ length: 2000 }, () => Math.round(normal() * 1000));
    const fitted = await fit(
      matrix([steps.map((step) => 1e6 + step)]),
      Float64Array.from(steps, (step) => 3 + 2 * step),
    );
    expect((fitted.state.coefficients as readonly number[])[0]).toBeCloseTo(2, 12);
    expect(linearRegression.load(fitted).predict(matrix([[1e6]]))[0]).toBeCloseTo(3, 8); // 2e6 cancels: 1e-16 · 2e6
  });
});
