import { describe, expect, it } from "vitest";
import type { Matrix } from "../core/table/table.ts";
import { baseline } from "./baseline.ts";

function matrix(columnNames: readonly string[], ...values: number[]): Matrix {
  return { rowCount: values.length / columnNames.length, columnNames, values: Float64Array.from(values) };
}

const last = { task: "regression", classCount: 0, params: { strategy: "last" }, seed: 1 } as const;

describe("strategy last", () => {
  it("predicts the previous value, or the mean of the target if there is none", async () => {
    const X = matrix(["month", "y_lag_1"], 1, 10, 2, 20, 3, 30);
    const fitted = await baseline.fit(X, Float64Array.of(20, 30, 70), last);
    const again = baseline.load(JSON.parse(JSON.stringify(fitted)));
    expect([...again.predict(matrix(["month", "y_lag_1"], 4, 7, 5, NaN))]).toEqual([7, (20 + 30 + 70) / 3 /* = 40 */]);
  });

  it("needs exactly one *_lag_1 feature and a regression target", async () => {
    const y = Float64Array.of(1);
    await expect(baseline.fit(matrix(["a"], 1), y, last)).rejects.toThrow("no feature matches *_lag_1");
    await expect(baseline.fit(matrix(["a_lag_1", "b_lag_1"], 1, 2), y, last)).rejects.toThrow(
      "several features match *_lag_1: a_lag_1, b_lag_1",
    );
    const classes = { ...last, task: "binary", classCount: 2 } as const;
    await expect(baseline.fit(matrix(["y_lag_1"], 1), y, classes)).rejects.toThrow("supports regression only");
  });
});
