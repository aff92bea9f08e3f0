import { describe, expect, it } from "vitest";
import type { Costs, Evaluation } from "../core/metric.ts";
import { bootstrapInterval } from "./bootstrapInterval.ts";
import { computeMetrics } from "./findMetric.ts";
import { metrics } from "./index.ts";

const { cost } = metrics;
const costs: Costs = { truePositive: -20, falsePositive: 5, falseNegative: 100, trueNegative: 0, over: 1, under: 3 };

function evaluation(task: "binary" | "regression", yTrue: number[], yPred: number[]): Evaluation {
  const values = Float64Array.from(yPred);
  const classCount = task === "binary" ? 2 : 0;
  return { task, classCount, yTrue: Float64Array.from(yTrue), yPred: values, probabilities: null, costs };
}

describe("cost", () => {
  it("is money per 1,000 rows, by cell of the confusion matrix", () => {
    // (−20 + 5 + 100 + 0) / 4 rows · 1,000 = 21,250
    expect(cost.compute(evaluation("binary", [1, 0, 1, 0], [1, 1, 0, 0]))).toBe(21_250);
    expect(cost.greaterIsBetter).toBe(false);
  });

  it("has separate prices for predictions that are too high and too low", () => {
    // 2 · 1 too high, 4 · 3 too low, one correct: 14 / 3 · 1,000
    expect(cost.compute(evaluation("regression", [10, 10, 10], [12, 6, 10]))).toBeCloseTo(14_000 / 3, 9);
  });

  it("is undefined without costs, and then not in the list of metrics", () => {
    const { costs: _costs, ...without } = evaluation("binary", [1, 0], [1, 0]);
    expect(cost.compute(without)).toBeNaN();
    expect(computeMetrics(without)).not.toHaveProperty("cost");
    expect(computeMetrics({ ...without, costs })).toMatchObject({ cost: -10_000 });
  });

  it("has an interval like every other metric", () => {
    const [low, high] = bootstrapInterval(evaluation("binary", [1, 0, 1, 0], [1, 1, 0, 0]), cost, { seed: 1 })!;
    expect([low < 21_250, high > 21_250]).toEqual([true, true]);
  });
});
