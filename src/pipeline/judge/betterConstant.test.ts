import { expect, it } from "vitest";
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { betterConstant } from "./baselineEvaluation.ts";

it("compares with the constant prediction that is better by the metric", () => {
  const yTrue = Float64Array.from({ length: 100 }, (_, row) => (row < 35 ? 1 : 0));
  const no: Evaluation = {
    task: "binary",
    classCount: 2,
    yTrue,
    yPred: new Float64Array(100),
    probabilities: yTrue.map(() => 0.35),
  };
  const valueOf = (name: string): number => findMetric(name, "binary").compute(betterConstant(no, name));
  expect(valueOf("f1")).toBeCloseTo((2 * 0.35) / 1.35, 12);
  expect(valueOf("accuracy")).toBe(0.65);
  expect(valueOf("log_loss")).toBe(findMetric("log_loss", "binary").compute(no));
  const number: Evaluation = { ...no, task: "regression", probabilities: null };
  expect(betterConstant(number, "rmse")).toBe(number);
});
