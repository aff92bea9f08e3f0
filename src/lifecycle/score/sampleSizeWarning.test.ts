import { describe, expect, it } from "vitest";
import { almostPerfect, sampleSizeWarning } from "./scoreWarnings.ts";

describe("sampleSizeWarning", () => {
  it("warns that five rows are far too few, and how many are needed", () => {
    // Half the interval is 0.5: 5 · (0.5 / 0.05)² = 500.
    expect(sampleSizeWarning({ metric: "f1", value: 0.57, interval: [0, 1], rows: 5 }, "binary")).toBe(
      "5 test rows are far too few to compare models: F1 is between 0 and 1 (95 % interval); about 500 rows are needed to detect a difference of 0.05",
    );
  });

  it("returns undefined for enough rows, and a milder warning for nearly enough", () => {
    expect(
      sampleSizeWarning({ metric: "f1", value: 0.8, interval: [0.76, 0.84], rows: 500 }, "binary"),
    ).toBeUndefined();
    // 100 · (0.12 / 0.05)² = 576.
    expect(sampleSizeWarning({ metric: "f1", value: 0.8, interval: [0.68, 0.92], rows: 100 }, "binary")).toBe(
      "100 test rows are too few to compare models: F1 is between 0.68 and 0.92 (95 % interval); about 580 rows are needed to detect a difference of 0.05",
    );
  });

  it("compares regression errors relative to the error", () => {
    // Half of 13.7 is 6.85, 0.41 of 16.7: 28 · (0.41 / 0.05)² = 1,884.
    expect(sampleSizeWarning({ metric: "rmse", value: 16.7, interval: [9.5, 23.2], rows: 28 }, "regression")).toBe(
      "28 test rows are far too few to compare models: RMSE is between 9.5 and 23 (95 % interval); about 1,900 rows are needed to detect a difference of 5 %",
    );
    expect(
      sampleSizeWarning({ metric: "rmse", value: 16.7, interval: [9.5, 23.2], rows: 300 }, "regression"),
    ).toBeUndefined();
  });

  it("asks for 30 rows where the interval is narrow, and shows as many digits as tell its ends apart", () => {
    const narrow = { metric: "log_loss", value: 2.483, interval: [2.469, 2.496], rows: 24 } as const;
    expect(sampleSizeWarning(narrow, "multiclass")).toBe(
      "24 test rows are too few to compare models: Log loss is between 2.47 and 2.5 (95 % interval); about 30 rows are needed to detect a difference of 5 %",
    );
  });

  it("does not treat an interval of width 0 as certainty", () => {
    expect(sampleSizeWarning({ metric: "f1", value: 1, interval: [1, 1], rows: 3 }, "binary")).toBe(
      "3 test rows are too few to compare models: F1 is 1 in every bootstrap sample (95 % interval); about 390 rows are needed to detect a difference of 0.05",
    );
    expect(sampleSizeWarning({ metric: "roc_auc", value: null, interval: null, rows: 1 }, "binary")).toBe(
      "1 test row is far too few to compare models: ROC AUC has no confidence interval",
    );
  });
});

describe("an almost perfect score", () => {
  it("is questioned, because columns can give the target away together", () => {
    expect(almostPerfect({ rmse: 0.03, r2: 0.99999 }, "age", 3276)).toBe(
      'r2 0.99999 is almost perfect: check that all columns are known before "age" is (the report shows which matter most)',
    );
    expect(almostPerfect({ accuracy: 1, roc_auc: 0.9995 }, "left", 100)).toMatch(/^roc_auc 0.99950 is/);
  });

  it("is not questioned where most rows have one class, or rows are few", () => {
    expect(almostPerfect({ accuracy: 0.9995, roc_auc: 0.8, mcc: 0.5 }, "fraud", 5000)).toBeUndefined();
    expect(almostPerfect({ r2: 1 }, "y", 12)).toBeUndefined();
  });
});
