import { expect, it } from "vitest";
import type { Evaluation } from "../core/metric.ts";
import { random } from "../core/random.ts";
import { categoryColumn, type Table } from "../core/table/table.ts";
import { weakestSegments } from "./segmentReports.ts";

const ROWS = 2000;
const { normal } = random(3);
const city = Array.from({ length: ROWS }, (_, i) => (i % 100 < 2 ? "tiny" : ["oslo", "rome", "lima"][i % 3]!));
const table: Table = {
  rowCount: ROWS,
  columns: [
    categoryColumn("city", city),
    { kind: "number", name: "x", values: Float64Array.from(city, (_, i) => (i % 50 === 0 ? NaN : i)) },
    categoryColumn("id", city.map((_, i) => `id ${i}`)), // prettier-ignore
  ],
};

/** Errors of `size` times a normal distribution. */
function errors(sizeOf: (row: number) => number): Evaluation {
  const yTrue = new Float64Array(ROWS);
  const yPred = yTrue.map((_, row) => 10 + sizeOf(row) * normal());
  return { task: "regression", classCount: 0, yTrue: yTrue.fill(10), yPred, probabilities: null };
}

it("finds the category and the quarter of a number where errors are larger", () => {
  const evaluation = errors((row) => (city[row] === "rome" ? 3 : 1) * (row >= 1500 ? 2 : 1));
  const found = weakestSegments(evaluation, table, { metric: "rmse", seed: 1 })!;
  expect(found.segments.map(({ column }) => column)).toEqual(expect.arrayContaining(["city", "x"]));
  const [first, second] = found.segments;
  expect([first!.value, second!.value].toSorted()).toEqual(["above 1500 to 1999", "rome"]);
  const rome = found.segments.find(({ value }) => value === "rome")!;
  const rows = city.flatMap((name, row) => (name === "rome" ? [row] : []));
  const squares = rows.map((row) => (evaluation.yPred[row]! - 10) ** 2);
  const rmse = Math.sqrt(squares.reduce((sum, each) => sum + each) / rows.length);
  expect(rome).toMatchObject({ rows: rows.length, difference: rome.metricValue - found.value });
  expect(rome.metricValue).toBeCloseTo(rmse, 12);
  // By the delta method: sd(squares) / (2 · rmse · √n), less the share of the rows; 100 resamples are within a quarter.
  const meanSquare = rmse ** 2;
  const deviation = Math.sqrt(squares.reduce((sum, each) => sum + (each - meanSquare) ** 2, 0) / rows.length);
  const expected = (deviation / (2 * rmse * Math.sqrt(rows.length))) * Math.sqrt(1 - rows.length / ROWS);
  expect(rome.standardError / expected).toBeGreaterThan(0.75);
  expect(rome.standardError / expected).toBeLessThan(1.25);
  expect(rome.means![0]).toBe(10);
  // Three cities, tiny, four quarters and the missing values; a column of ids has no segments.
  expect(found.compared).toBe(9);
});

it("rarely finds any where errors are alike: one side of two standard errors", () => {
  let [found, compared] = [0, 0];
  for (let i = 0; i < 40; i++) {
    const each = weakestSegments(errors(() => 1), table, { metric: "mae", seed: i })!; // prettier-ignore
    found += each.segments.length;
    compared += each.compared;
  }
  // 360 segments · 2.3 % = 8, and skewed errors of 40 rows a little more.
  expect(compared).toBe(360);
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThan(20);
});

it("leaves out a segment with few rows of a class, whose bootstrap has almost no spread", () => {
  const { uniform, normal: score } = random(5);
  const rare = city.indexOf("tiny");
  const yTrue = Float64Array.from(city, (name, row) => Number(name === "tiny" ? row === rare : uniform() < 0.2));
  const probabilities = yTrue.map(
    (code, row) => 1 / (1 + Math.exp(city[row] === "tiny" ? code : -1.2 * code - score())),
  );
  const yPred = probabilities.map((each) => Number(each > 0.5));
  const evaluation: Evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities };
  for (const metric of ["roc_auc", "f1", "recall"]) {
    const found = weakestSegments(evaluation, table, { metric, seed: 1 })!;
    // Rows without an x are half of them tiny, and have 7 of class 1.
    expect(found.compared).toBe(7);
    expect(found.minimum).toBe("30 rows and 10 of each class");
    expect(found.segments.map(({ value }) => value)).not.toContain("tiny");
  }
  expect(weakestSegments(evaluation, table, { metric: "log_loss", seed: 1 })).toMatchObject({
    compared: 9,
    minimum: "30 rows",
  });
});

it("compares metrics where higher is better, and none that is undefined", () => {
  const yTrue = Float64Array.from({ length: ROWS }, (_, row) => row % 2);
  const yPred = yTrue.map((code, row) => (city[row] === "oslo" && row % 4 < 2 ? 1 - code : code));
  const evaluation: Evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities: yPred };
  const found = weakestSegments(evaluation, table, { metric: "accuracy", seed: 1 })!;
  expect(found.segments.map(({ value }) => value)).toEqual(["oslo"]);
  expect(found.segments[0]!.difference).toBeLessThan(-0.2);
  const oneClass = { ...evaluation, yTrue: yTrue.map(() => 1) };
  expect(weakestSegments(oneClass, table, { metric: "roc_auc", seed: 1 })).toBeNull();
});
