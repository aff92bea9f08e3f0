import { describe, expect, it } from "vitest";
import type { NumberColumn, Table } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { impute } from "./impute.ts";

// x = np.array([3, nan, 1.5, -7, 3, 12.25, nan, 0.1]).reshape(-1, 1)
const x = [3, NaN, 1.5, -7, 3, 12.25, NaN, 0.1];

describe("impute", () => {
  it("fills with the same numbers as scikit-learn", () => {
    // SimpleImputer(strategy=s).fit(x).statistics_[0]; sums of six numbers in another order may differ in the last bit.
    expect(fillOf({ strategy: "mean" })).toBeCloseTo(2.1416666666666666, 14);
    expect(fillOf({ strategy: "median" })).toBe(2.25);
    expect(fillOf({ strategy: "most_frequent" })).toBe(3);
    expect(fillOf({ strategy: "constant", value: -1 })).toBe(-1);
  });

  it("fills with the median by default", () => {
    expect(fillOf({})).toBe(2.25);
  });

  it("adds an indicator of missing values on request", () => {
    // SimpleImputer(strategy="median", add_indicator=True).fit_transform(x)
    const table = tableOf({ x });
    const state = fit(table, { indicator: true });
    const [filled, missing] = impute.load(state)(table).columns as NumberColumn[];
    expect([...filled!.values]).toEqual([3, 2.25, 1.5, -7, 3, 12.25, 2.25, 0.1]);
    expect(missing!.name).toBe("x_missing");
    expect([...missing!.values]).toEqual([0, 1, 0, 0, 0, 0, 1, 0]);
  });

  it("takes the smallest of equally frequent numbers", () => {
    // SimpleImputer(strategy="most_frequent").fit([[5], [2], [5], [2], [9]]).statistics_[0] is 2
    expect(fit(tableOf({ x: [5, 2, 5, 2, 9] }), { strategy: "most_frequent" }).columns[0]!.fill).toBe(2);
  });

  it("fills a column without any number with the given value, 0 by default", () => {
    const empty = tableOf({ x: [NaN, NaN] });
    expect(fit(empty, {}).columns[0]!.fill).toBe(0);
    expect(fit(empty, { strategy: "mean", value: 7 }).columns[0]!.fill).toBe(7);
  });

  it("treats infinities as missing", () => {
    const table = tableOf({ x: [1, Infinity, 3, -Infinity] });
    const state = fit(table, { strategy: "mean" });
    expect([...(impute.load(state)(table).columns[0] as NumberColumn).values]).toEqual([1, 2, 3, 2]);
  });
});

function fillOf(options: TransformOptions): number {
  return fit(tableOf({ x }), options).columns[0]!.fill;
}

function fit(table: Table, options: TransformOptions) {
  return impute.fit(table, options, { task: "regression", seed: 1, target: "y" });
}

function tableOf(columns: Record<string, number[]>): Table {
  const entries = Object.entries(columns);
  return {
    rowCount: entries[0]![1].length,
    columns: entries.map(([name, values]) => ({ kind: "number", name, values: Float64Array.from(values) })),
  };
}
