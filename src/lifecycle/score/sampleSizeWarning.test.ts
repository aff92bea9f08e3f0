import { describe, expect, it } from "vitest";
import { sampleSizeWarning } from "./sampleSizeWarning.ts";

describe("sampleSizeWarning", () => {
  it("says in plain words that five rows decide nothing, and how many would", () => {
    // Half the interval is 0.5: 5 · (0.5 / 0.05)² = 500.
    expect(sampleSizeWarning({ metric: "f1", value: 0.57, interval: [0, 1], rows: 5 }, "binary")).toBe(
      "5 test rows decide nothing: F1 lies between 0 and 1 (95 %); about 500 rows are needed to tell 0.05 apart",
    );
  });

  it("is silent where rows are enough, and says little where they are nearly", () => {
    expect(
      sampleSizeWarning({ metric: "f1", value: 0.8, interval: [0.76, 0.84], rows: 500 }, "binary"),
    ).toBeUndefined();
    // 100 · (0.12 / 0.05)² = 576.
    expect(sampleSizeWarning({ metric: "f1", value: 0.8, interval: [0.68, 0.92], rows: 100 }, "binary")).toBe(
      "100 test rows decide little: F1 lies between 0.68 and 0.92 (95 %); about 580 rows are needed to tell 0.05 apart",
    );
  });

  it("takes errors of regression as shares of the error", () => {
    // Half of 13.7 is 6.85, 0.41 of 16.7: 28 · (0.41 / 0.05)² = 1,884.
    expect(sampleSizeWarning({ metric: "rmse", value: 16.7, interval: [9.5, 23.2], rows: 28 }, "regression")).toBe(
      "28 test rows decide nothing: RMSE lies between 9.5 and 23 (95 %); about 1,900 rows are needed to tell 5 % apart",
    );
    expect(
      sampleSizeWarning({ metric: "rmse", value: 16.7, interval: [9.5, 23.2], rows: 300 }, "regression"),
    ).toBeUndefined();
  });

  it("does not take a point for certainty", () => {
    expect(sampleSizeWarning({ metric: "f1", value: 1, interval: [1, 1], rows: 3 }, "binary")).toBe(
      "3 test rows decide little: F1 is 1 however they are drawn (95 %); about 390 rows are needed to tell 0.05 apart",
    );
    expect(sampleSizeWarning({ metric: "roc_auc", value: null, interval: null, rows: 1 }, "binary")).toBe(
      "1 test row decides nothing: ROC AUC has no interval on so few",
    );
  });
});
