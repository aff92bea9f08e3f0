import { expect, it } from "vitest";
import { worseThanBaseline } from "./baselineEvaluation.ts";

it("compares probabilities by log loss, whatever the other metrics say", () => {
  const metrics = { f1: 0.5, log_loss: 0.82 };
  const baseline = { f1: 0, log_loss: 0.61 };
  expect(worseThanBaseline(metrics, baseline, { task: "binary", metric: "f1" })).toBe(
    'the probabilities are worse than the shares of the classes alone: log_loss 0.82 vs 0.61; if you use them, set "train": { "metric": "log_loss" } or { "calibration": "sigmoid" }',
  );
  expect(worseThanBaseline(metrics, baseline, { task: "multiclass", metric: "f1" })).not.toContain("calibration"); // it is for two classes
  const ranked = { task: "multiclass", metric: "log_loss" } as const;
  expect(worseThanBaseline(metrics, baseline, { ...ranked, task: "binary" })).toMatch(
    /0.61; if you use them, set "train": \{ "calibration": "sigmoid" \}$/,
  );
  expect(worseThanBaseline(metrics, baseline, ranked)).toMatch(/ 0.82 vs 0.61$/);
  expect(worseThanBaseline(baseline, metrics, { task: "binary", metric: "f1" })).toBeUndefined();
});

it("compares numbers by RMSE", () => {
  expect(worseThanBaseline({ rmse: 144 }, { rmse: 94 }, { task: "regression", metric: "rmse" })).toBe(
    "the predictions are worse than those of the baseline, the same number for every row: rmse 144 vs 94",
  );
  expect(worseThanBaseline({ rmse: 94 }, { rmse: 94 }, { task: "regression", metric: "rmse" })).toBeUndefined();
  expect(worseThanBaseline({ rmse: null }, { rmse: 94 }, { task: "regression", metric: "rmse" })).toBeUndefined();
});
