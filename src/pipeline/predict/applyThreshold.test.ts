import { expect, it } from "vitest";
import { applyThreshold } from "./predictor.ts";

it("predicts class 1 at or above the threshold, 0.5 by default", () => {
  const raw = Float64Array.of(0.2999999, 0.3, 0.3000001, 0.5);
  expect([...applyThreshold(raw, { task: "binary", classCount: 2, threshold: 0.3 }).yPred]).toEqual([0, 1, 1, 1]);
  expect([...applyThreshold(raw, { task: "binary", classCount: 2, threshold: null }).yPred]).toEqual([0, 0, 0, 1]);
});

it("predicts class 1 always at threshold 0, and at threshold 1 only for probability 1", () => {
  const raw = Float64Array.of(0, 0.999, 1);
  expect([...applyThreshold(raw, { task: "binary", classCount: 2, threshold: 0 }).yPred]).toEqual([1, 1, 1]);
  expect([...applyThreshold(raw, { task: "binary", classCount: 2, threshold: 1 }).yPred]).toEqual([0, 0, 1]);
});

it("predicts the most probable of many classes, the first on ties", () => {
  const raw = Float64Array.of(0.2, 0.5, 0.3, 0.4, 0.2, 0.4, 0.25, 0.25, 0.5);
  const { yPred, probabilities } = applyThreshold(raw, { task: "multiclass", classCount: 3, threshold: null });
  expect([...yPred]).toEqual([1, 0, 2]);
  expect(probabilities).toBe(raw);
});

it("returns regression values unchanged", () => {
  const raw = Float64Array.of(-1.5, 2);
  expect(applyThreshold(raw, { task: "regression", classCount: 0, threshold: null })).toEqual({
    yPred: raw,
    probabilities: null,
  });
});
