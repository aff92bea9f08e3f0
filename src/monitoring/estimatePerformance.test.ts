import { expect, it } from "vitest";
import { random } from "../core/random.ts";
import { computeMetrics } from "../metrics/findMetric.ts";
import { expectedMetrics } from "./performanceReport.ts";

it("follows from the expected counts", () => {
  // Predicted 1: 0.9 and 0.6; 0: 0.3 and 0.2. Expected: 1.5 true and 0.5 false positives, 0.5 false and 1.5 true negatives.
  const estimate = expectedMetrics(Float64Array.of(0.9, 0.6, 0.3, 0.2), Float64Array.of(1, 1, 0, 0));
  expect(estimate["accuracy"]).toBeCloseTo(3 / 4, 12);
  expect(estimate["precision"]).toBeCloseTo(1.5 / 2, 12);
  expect(estimate["recall"]).toBeCloseTo(1.5 / 2, 12);
  expect(estimate["f1"]).toBeCloseTo(3 / 4, 12);
  // (0.09 + 0.24 + 0.21 + 0.16) / 4
  expect(estimate["brier"]).toBeCloseTo(0.175, 12);
});

it("is undefined if no positive is predicted, or none is expected", () => {
  expect(expectedMetrics(Float64Array.of(0.2, 0.3), Float64Array.of(0, 0))).toMatchObject({ precision: null, f1: 0 });
  expect(expectedMetrics(Float64Array.of(0, 0), Float64Array.of(0, 0))).toMatchObject({ recall: null, f1: null });
});

it("equals the measured metrics if the probabilities are right", () => {
  const { uniform } = random(7);
  const probabilities = Float64Array.from({ length: 20_000 }, uniform);
  const yPred = probabilities.map((p) => (p >= 0.5 ? 1 : 0));
  const yTrue = probabilities.map((p) => (uniform() < p ? 1 : 0));
  const measured = computeMetrics({ task: "binary", classCount: 2, yTrue, yPred, probabilities });
  // Accuracy 0.75 has a standard error of 0.003 on 20,000 rows; the tolerance is four standard errors.
  for (const [name, value] of Object.entries(expectedMetrics(probabilities, yPred)))
    expect(Math.abs(value! - measured[name]!), name).toBeLessThan(0.012);
});
