import { describe, expect, it } from "vitest";
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { Matrix } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { turnsFor } from "../turns.ts";
import { lbfgs } from "./lbfgs.ts";
import { logisticRegression } from "./logisticRegression.ts";
import { logLoss, type LogisticProblem } from "./objective.ts";

// The same numbers in Python:
//   i, j = np.ogrid[0:200, 0:4]
//   X = (i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009 / 1009 - 0.5
//   noise = np.arange(200) * 389 % 1009 / 1009 - 0.5
//   s = 2 * X[:, 0] - X[:, 1] + X[:, 2] * X[:, 3] * 4 + noise
//   two = (s > 0).astype(int); three = np.digitize(s, [-0.6, 0.5])
const columns = [0, 1, 2, 3].map((j) =>
  Array.from({ length: 200 }, (_, i) => ((i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009) / 1009 - 0.5),
);
const [a, b, c, d] = columns as [number[], number[], number[], number[]];
const score = Float64Array.from(a, (value, i) => {
  return 2 * value - b[i]! + c[i]! * d[i]! * 4 + ((i * 389) % 1009) / 1009 - 0.5;
});
const two = score.map((value) => (value > 0 ? 1 : 0));
const three = score.map((value) => (value >= 0.5 ? 2 : value >= -0.6 ? 1 : 0));

function matrix(parts: readonly (readonly number[])[]): Matrix {
  const rowCount = parts[0]!.length;
  const values = Float64Array.from({ length: rowCount * parts.length }, (_, at) => {
    return parts[at % parts.length]![Math.floor(at / parts.length)]!;
  });
  return { rowCount, columnNames: parts.map((_, j) => `x${j}`), values };
}

const X = matrix(columns);

function fit(rows: Matrix, y: Float64Array, more: Partial<FitOptions> = {}): Promise<FittedEstimator> {
  const classCount = y.reduce((most, code) => Math.max(most, code + 1), 2);
  const task = classCount > 2 ? "multiclass" : "binary";
  return logisticRegression.fit(rows, y, { task, classCount, params: {}, seed: 1, ...more });
}

/** With a curvature of at least 1/C the gradient, 1e-6, bounds the error of the coefficients. */
function expectModel(
  fitted: FittedEstimator,
  coefficients: readonly number[],
  intercepts: readonly number[],
  digits = 6,
): void {
  const found = (fitted.state.coefficients as readonly (readonly number[])[]).flat();
  expect(found).toHaveLength(coefficients.length);
  coefficients.forEach((value, j) => expect(found[j]).toBeCloseTo(value, digits));
  intercepts.forEach((value, k) =>
    expect((fitted.state.intercepts as readonly number[])[k]).toBeCloseTo(value, digits),
  );
  expect(fitted.state.converged).toBe(true);
}

describe("logisticRegression", () => {
  it("finds the same coefficients as scikit-learn for two classes", async () => {
    // LogisticRegression(C=1, solver="newton-cg", tol=1e-12, max_iter=10000).fit(X, two)
    const expected = [4.571281421713937, -0.9355892405400412, -0.4603635573987806, -0.004506784602069242];
    expectModel(await fit(X, two), expected, [0.11905012752941763]);
  });

  it("is within 1e-4 of scikit-learn's default solver, which stops before the optimum", async () => {
    // LogisticRegression(C=1, tol=1e-10, max_iter=10000).fit(X, two): its L-BFGS ends at 64 eps of the loss
    const expected = [4.571288929414639, -0.9355937726620285, -0.4603792926738065, -0.004520217592118349];
    expectModel(await fit(X, two), expected, [0.11904912734733235], 4);
  });

  it("finds the same coefficients as scikit-learn for three classes", async () => {
    // LogisticRegression(C=1, multi_class="multinomial", solver="newton-cg", tol=1e-12, max_iter=10000).fit(X, three)
    const expected = [
      [-3.3914920777984463, 1.4614629711995106, 0.8534755716363518, -0.02026459482161878],
      [0.11304155120162489, 0.26249854610894563, -0.5141132272457993, -0.10340919440919785],
      [3.2784505265968225, -1.7239615173084561, -0.339362344390553, 0.12367378923081679],
    ];
    const intercepts = [-0.4810676199804227, 0.7546581892148108, -0.27359056923436975];
    expectModel(await fit(X, three), expected.flat(), intercepts);
  });

  it("applies balanced class weights and sample weights as scikit-learn does", async () => {
    // LogisticRegression(C=0.1, class_weight="balanced", solver="newton-cg", tol=1e-12, max_iter=10000)
    //   .fit(X, two, sample_weight=1 + np.arange(200) % 3)
    const sampleWeight = two.map((_, i) => 1 + (i % 3));
    const fitted = await fit(X, two, { params: { C: 0.1, class_weight: "balanced" }, sampleWeight });
    const expected = [2.2402200798358356, -0.2211632782780494, -0.05314427444563749, -0.13961411847713212];
    expectModel(fitted, expected, [0.04918496169698004]);
  });

  it("fits without an intercept if fit_intercept is false", async () => {
    // LogisticRegression(C=1, fit_intercept=False, solver="newton-cg", tol=1e-12, max_iter=10000).fit(X, two)
    const expected = [4.553194837743249, -0.9788199909740197, -0.45072807640864676, -0.0340451247706876];
    expectModel(await fit(X, two, { params: { fit_intercept: false } }), expected, [0]);
  });

  it("stays finite for collinear or constant columns", async () => {
    // X5 = np.column_stack([X, X[:, 0] + 2 * X[:, 1], np.full(200, 3.0)])
    // LogisticRegression(C=1, solver="newton-cg", tol=1e-12, max_iter=10000).fit(X5, two)
    const collinear = matrix([...columns, a.map((value, i) => value + 2 * b[i]!), a.map(() => 3)]);
    const expected = [4.151950899650715, -1.7951387562130174, -0.4738906193856321, -0.004521911631764895];
    expectModel(await fit(collinear, two), [...expected, 0.561673387224655, 0], [0.13439223214352283]);
  });

  it("finds the optimum for separated classes and a weak penalty", async () => {
    // LogisticRegression(C=1e4, solver="newton-cg", tol=1e-12, max_iter=10000).fit(X, X[:, 0] > 0). Coefficients are in
    // the hundreds: five decimals are seven digits or more
    const expected = [147.01863739004003, -2.8677323800236048, -4.857494207428827, -2.033126494953829];
    const apart = Float64Array.from(a, (value) => (value > 0 ? 1 : 0));
    expectModel(await fit(X, apart, { params: { C: 1e4, tol: 1e-8 } }), expected, [-0.6417753598403569], 5);
  });

  it.each([
    ["times in seconds", 1.7e9, 1e7],
    ["ids", 1e6, 1e3],
    ["small numbers", 0, 1e-3],
  ])("finds the optimum for columns that are not standardized (%s)", async (_, offset, spread) => {
    // The same columns: x = offset + spread · a. With C → ∞ the margins do not depend on the scale.
    const odd = matrix([a.map((value) => offset + spread * value), b, c, d]);
    const params = { C: 1e12 };
    const [near, far] = [await fit(X, two, { params }), await fit(odd, two, { params })];
    expect(far.state.converged).toBe(true);
    const [expected, found] = [near, far].map((each, i) => logisticRegression.load(each).predict(i === 0 ? X : odd));
    found!.forEach((probability, i) => expect(probability).toBeCloseTo(expected![i]!, 4));
  });

  it("predicts probability 0 for a class without rows and learns the others", async () => {
    const gap = two.map((code) => 2 * code);
    const fitted = await fit(X, gap, { task: "multiclass", classCount: 4 });
    const binary = logisticRegression.load(await fit(X, two)).predict(X);
    const predictions = logisticRegression.load(fitted).predict(X);
    expect([...predictions.subarray(0, 4)]).toEqual(
      [1 - binary[0]!, 0, binary[0], 0].map((p) => expect.closeTo(p!, 15)),
    );
  });

  it("predicts probability 1 if there is only one class", async () => {
    const fitted = await fit(
      X,
      two.map(() => 1),
    );
    expect(new Set(logisticRegression.load(fitted).predict(X))).toEqual(new Set([1]));
  });

  it("records that it did not converge within max_iter", async () => {
    const fitted = await fit(X, two, { params: { max_iter: 1 } });
    expect(fitted.state).toMatchObject({ iterations: 1, converged: false });
  });

  it.each([60_000, 500_001])(
    "finds the same coefficients for %d rows with and without the warm start from a sample",
    async (rowCount) => {
      const many = seededProblem(rowCount, 3);
      const rows: Matrix = { rowCount, columnNames: ["a", "b", "c"], values: many.values };
      const fitted = await fit(rows, many.y);
      const start = { weights: new Float64Array(4), pairs: [] };
      const direct = await lbfgs(logLoss(many), start, { maxIterations: 100, tolerance: 1e-6 });
      expectModel(fitted, [...direct.weights.subarray(0, 3)], [direct.weights[3]!]);
    },
  );
});

/** Rows of standard normal columns with a noisy linear target. */
function seededProblem(rowCount: number, columnCount: number): LogisticProblem {
  const { normal } = random(11);
  const values = Float64Array.from({ length: rowCount * columnCount }, normal);
  const y = Float64Array.from({ length: rowCount }, (_, i) => (values[i * columnCount]! + normal() > 0.3 ? 1 : 0));
  const turns = turnsFor(undefined);
  return { rowCount, columnCount, values, y, rowWeights: null, classCount: 2, C: 1, hasIntercept: true, turns };
}

describe("log loss", () => {
  const problem = seededProblem(500, 6);
  const multinomial = { ...problem, classCount: 3, y: problem.y.map((code, i) => (i % 5 === 0 ? 2 : code)) };

  it.each([
    ["binary", logLoss(problem)],
    ["multinomial", logLoss(multinomial)],
  ])("the gradient matches finite differences of the value (%s)", async (_, objective) => {
    const { normal } = random(5);
    const weights = Float64Array.from({ length: objective.size }, normal);
    const gradient = new Float64Array(objective.size);
    await objective.evaluate(weights, gradient);
    const step = 1e-5;
    for (const j of [0, 3, objective.size - 1]) {
      const up = weights.with(j, weights[j]! + step);
      const down = weights.with(j, weights[j]! - step);
      const unused = new Float64Array(objective.size);
      const [above, below] = [await objective.evaluate(up, unused), await objective.evaluate(down, unused)];
      expect((above - below) / (2 * step)).toBeCloseTo(gradient[j]!, 4); // central difference: error step² and rounding 1e-13 / step
    }
  });

  it.each([
    ["with an intercept", true, null],
    ["without an intercept, weighted", false, Float64Array.from({ length: 135 }, (_, i) => 1 + (i % 3))],
  ])("blocks of rows give the same sums as row-by-row formulas (%s)", async (_, hasIntercept, rowWeights) => {
    // 135 rows are a block of 128, one group of four and three single rows
    const rows = { ...seededProblem(135, 2), hasIntercept, rowWeights, C: Infinity };
    const objective = logLoss(rows);
    const weights = Float64Array.from([0.7, -1.3, 0.4].slice(0, objective.size));
    const gradient = new Float64Array(objective.size);
    const value = await objective.evaluate(weights, gradient);
    let expected = 0;
    const slopes = new Float64Array(objective.size);
    for (let i = 0; i < 135; i++) {
      const x = [rows.values[2 * i]!, rows.values[2 * i + 1]!, ...(hasIntercept ? [1] : [])];
      const p = 1 / (1 + Math.exp(-x.reduce((z, each, j) => z + each * weights[j]!, 0)));
      const weight = rowWeights?.[i] ?? 1;
      expected -= weight * Math.log(rows.y[i] === 1 ? p : 1 - p);
      x.forEach((each, j) => (slopes[j]! += weight * (p - rows.y[i]!) * each));
    }
    // sums of 135 numbers of about 1 in another order: errors of about 1e-14
    expect(value).toBeCloseTo(expected, 11);
    slopes.forEach((slope, j) => expect(gradient[j]).toBeCloseTo(slope, 11));
  });
});
