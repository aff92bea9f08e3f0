import { describe, expect, it } from "vitest";
import { categoryColumn, type Matrix, type Table } from "../core/table/table.ts";
import { random } from "../core/random.ts";
import type { TransformContext, TransformOptions } from "../core/transform.ts";
import { featureMatrix } from "./compileTransforms.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";
import { trainingMatrix } from "./fitTransforms.ts";

const table = tableOf(["a", "a", "b", null, "b", "b"]);
const context: TransformContext = { task: "regression", seed: 1, target: "y", y: Float64Array.of(1, 3, 10, 4, 12, 6) };

function tableOf(texts: readonly (string | null)[]): Table {
  return { rowCount: texts.length, columns: [categoryColumn("c", texts)] };
}

function fitted(options: TransformOptions, rows = table, fitContext = context) {
  return fitTransforms(rows, [{ type: "target_encode", options }], fitContext);
}

describe("target_encode", () => {
  it("gives the mean of the category's rows, shrunk to the overall mean by smoothing", () => {
    // Overall mean 36 / 6 = 6. a: (1 + 3 + 2 · 6) / (2 + 2) = 4; b: (28 + 12) / 5 = 8; missing: (4 + 12) / 3; unseen: 6.
    const { values } = featureMatrix(tableOf(["a", "b", null, "z"]), fitted({ smoothing: 2 }));
    expect([...values]).toEqual([4, 8, 16 / 3, 6]);
  });

  it("encodes each training row by the rows of other folds, independent of its own target", () => {
    const options = { smoothing: 1, folds: 3 };
    const before = trainingMatrix(table, fitted(options), context).values;
    for (let row = 0; row < table.rowCount; row++) {
      const changed = { ...context, y: context.y!.with(row, 1000) };
      const after = trainingMatrix(table, fitted(options, table, changed), changed).values;
      expect(after[row]).toBe(before[row]);
      expect(after).not.toEqual(before);
    }
  });

  it("does not leak the target through a noise column, while the plain means would", () => {
    const { normal } = random(5);
    const noise = tableOf(Array.from({ length: 400 }, (_, row) => `c${row % 200}`));
    const noisy = { ...context, y: Float64Array.from({ length: 400 }, normal) };
    const chain = fitted({ smoothing: 0 }, noise, noisy);
    const covariance = (values: Matrix["values"]): number =>
      Float64Array.from(values).reduce((sum, value, row) => sum + value * noisy.y[row]!, 0) / 400;
    // The mean of two rows shares half of the variance (1) with each of them; the other row alone shares none, and the
    // covariance of 400 independent pairs has the standard deviation 1 / √400 = 0.05.
    expect(covariance(featureMatrix(noise, chain).values)).toBeGreaterThan(0.35);
    expect(Math.abs(covariance(trainingMatrix(noise, chain, noisy).values))).toBeLessThan(0.15);
  });

  it("rejects a multiclass target", () => {
    expect(() => fitted({}, table, { ...context, task: "multiclass" })).toThrow("needs a binary or numeric target");
  });
});
