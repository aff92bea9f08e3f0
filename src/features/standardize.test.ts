import { describe, expect, it } from "vitest";
import type { NumberColumn } from "../core/table/table.ts";
import { standardize } from "./standardize.ts";

describe("standardize", () => {
  it("gives the same numbers as scikit-learn, ignoring missing values", () => {
    // StandardScaler().fit_transform(np.array([3, nan, 1.5, -7, 3, 12.25, nan, 0.1]).reshape(-1, 1)).ravel()
    const expected = [
      0.15181159521259494,
      NaN,
      -0.11349022166378456,
      -1.6168671839632682,
      0.15181159521259494,
      1.7878394659502685,
      NaN,
      -0.3611052507484054,
    ];
    expectClose(standardized([3, NaN, 1.5, -7, 3, 12.25, NaN, 0.1]), expected, 1e-12);
  });

  it("keeps the precision of numbers far from 0", () => {
    // StandardScaler().fit_transform((1e9 + np.array([1, 2, 3, 4.5])).reshape(-1, 1)).ravel()
    const expected = [-1.2567574357593625, -0.4833682445228318, 0.29002094671369905, 1.4501047335684953];
    expectClose(standardized([1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4.5]), expected, 1e-12);
  });

  it("makes a constant column exactly 0", () => {
    // StandardScaler().fit_transform(np.full((7, 1), 0.1)) is 1.4e-17: the rounding of its mean.
    expect(standardized([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("does not inflate a column that varies only by rounding", () => {
    // StandardScaler().fit([[0.3], [0.1 + 0.2]]).scale_ is [1.]
    expect(fit([0.3, 0.1 + 0.2]).columns[0]!.scale).toBe(1);
  });

  it("keeps a column without any number missing", () => {
    expect(standardized([NaN, NaN])).toEqual([NaN, NaN]);
    expect(fit([NaN, NaN]).columns[0]).toEqual({ name: "x", mean: 0, scale: 1 });
  });
});

function expectClose(actual: number[], expected: number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    if (Number.isNaN(expected[i])) expect(value).toBeNaN();
    else expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
  });
}

function tableOf(values: number[]) {
  const column: NumberColumn = { kind: "number", name: "x", values: Float64Array.from(values) };
  return { rowCount: values.length, columns: [column] };
}

function fit(values: number[]) {
  return standardize.fit(tableOf(values), {}, { task: "regression", seed: 1, target: "y" });
}

function standardized(values: number[]): number[] {
  return [...(standardize.load(fit(values))(tableOf(values)).columns[0] as NumberColumn).values];
}
