import { expect, it } from "vitest";
import type { FitOptions } from "../../core/estimator.ts";
import { random } from "../../core/random.ts";
import { randomForest } from "./randomForest.ts";

const rowCount = 2000;

/** Class 1 has probability 0.02 below 0, else 0.3: 16 % of the rows. */
function rare() {
  const { normal, uniform } = random(3);
  const values = Float64Array.from({ length: rowCount * 2 }, normal);
  const chance = Float64Array.from({ length: rowCount }, (_, row) => (values[2 * row]! < 0 ? 0.02 : 0.3));
  return { X: { rowCount, columnNames: ["a", "noise"], values }, chance, y: chance.map((each) => +(uniform() < each)) };
}

const options = (more: Partial<FitOptions>): FitOptions => ({
  task: "binary",
  classCount: 2,
  seed: 1,
  params: {},
  ...more,
});

it("gives probabilities near the true ones also for a rare class, though its trees are deep", async () => {
  const { X, y, chance } = rare();
  const shares = randomForest.load(await randomForest.fit(X, y, options({}))).predict(X);
  const error = shares.reduce((sum, share, row) => sum + Math.abs(share - chance[row]!), 0) / rowCount;
  expect(error).toBeLessThan(0.06); // 0.072 if the leaves keep their scale, 0.14 for the share of class 1 alone
  expect(Math.min(...shares)).toBeGreaterThan(0);
  expect(Math.max(...shares)).toBeLessThan(1);
});

it("predicts the mean of the rows of a leaf: one tree of all rows and features", async () => {
  const { X } = rare();
  const y = Float64Array.from({ length: rowCount }, (_, row) => 1000 + X.values[2 * row]!);
  const params = { n_estimators: 1, max_samples: 1, max_features: 1, max_depth: 2 };
  const fitted = await randomForest.fit(X, y, options({ task: "regression", classCount: 0, params }));
  const values = randomForest.load(fitted).predict(X);
  const leaves = Map.groupBy(y.keys(), (row) => values[row]!);
  expect(new Set(values).size).toBe(4);
  for (const [value, rows] of leaves) {
    // float32 sums of numbers near 1000
    expect(rows.reduce((sum, row) => sum + y[row]!, 0) / rows.length).toBeCloseTo(value, 3);
  }
});
