import { expect, it } from "vitest";
import { worseThanBaseline } from "./baselineEvaluation.ts";

it("compares probabilities by log loss, whatever the other metrics say", () => {
  const metrics = { f1: 0.5, log_loss: 0.82 };
  const baseline = { f1: 0, log_loss: 0.61 };
  expect(worseThanBaseline(metrics, baseline, "binary")).toBe(
    'the probabilities are worse than the shares of the classes alone: log_loss 0.82 vs 0.61; if you use them, set "train": { "metric": "log_loss" } or { "calibration": "sigmoid" }',
  );
  expect(worseThanBaseline(metrics, baseline, "multiclass")).not.toContain("calibration"); // it is for two classes
  expect(worseThanBaseline(baseline, metrics, "binary")).toBeUndefined();
});

it("compares numbers by RMSE", () => {
  expect(worseThanBaseline({ rmse: 144 }, { rmse: 94 }, "regression")).toBe(
    "the predictions are worse than those of the baseline, the same number for every row: rmse 144 vs 94",
  );
  expect(worseThanBaseline({ rmse: 94 }, { rmse: 94 }, "regression")).toBeUndefined();
  expect(worseThanBaseline({ rmse: null }, { rmse: 94 }, "regression")).toBeUndefined();
});
