import { describe, expect, it } from "vitest";
import type { NumberColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { clip } from "./clip.ts";

describe("clip", () => {
  it("limits numbers on one side or both", () => {
    expect(clipped([-5, 0.5, 7, NaN], { minimum: 0, maximum: 1 })).toEqual([0, 0.5, 1, NaN]);
    expect(clipped([-5, 7, Infinity], { minimum: 0 })).toEqual([0, 7, Infinity]);
  });

  it("learns the limits as quantiles of the training rows", () => {
    // np.quantile([0, 1, 2, 3, 100], [0.25, 0.75]) is [1, 3]
    expect(clipped([0, 1, 2, 3, 100, NaN], { lower_quantile: 0.25, upper_quantile: 0.75 })).toEqual([
      1,
      1,
      2,
      3,
      3,
      NaN,
    ]);
  });

  it("has no limit if training had no numbers", () => {
    expect(clipped([NaN], { upper_quantile: 0.9 })).toEqual([NaN]);
  });

  it("rejects a missing range, a minimum above the maximum and a quantile above 1", () => {
    expect(() => clipped([1], {})).toThrow("no range given");
    expect(() => clipped([1], { minimum: 2, maximum: 1 })).toThrow("minimum 2 is above maximum 1");
    expect(() => clipped([1], { upper_quantile: 99 })).toThrow(
      "upper_quantile is 99, allowed: a number at least 0, at most 1 or null",
    );
  });
});

function clipped(values: number[], options: TransformOptions): number[] {
  const column: NumberColumn = { kind: "number", name: "x", values: Float64Array.from(values) };
  const table = { rowCount: values.length, columns: [column] };
  const state = clip.fit(table, options, { task: "regression", seed: 1, target: "y" });
  return [...(clip.load(state)(table).columns[0] as NumberColumn).values];
}
