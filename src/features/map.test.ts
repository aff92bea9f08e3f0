import { describe, expect, it } from "vitest";
import { categoryColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { map } from "./map.ts";

describe("map", () => {
  it("makes a 0/1 column from a category that means none", () => {
    const holidays = ["None", "Christmas Day", null];
    expect(mapped(holidays, { values: { None: 0 }, otherwise: 1 })).toEqual([0, 1, NaN]);
    expect(mapped(holidays, { values: { None: 0 }, otherwise: 1, missing: 0 })).toEqual([0, 1, 0]);
  });

  it("gives a missing value for categories that are not in the list by default", () => {
    expect(mapped(["a", "b"], { values: { a: 7 } })).toEqual([7, NaN]);
    expect(mapped(["a", "b"], { values: { a: "first" } })).toEqual(["first", null]);
  });

  it("maps to strings; equal strings share a code", () => {
    const values = { Fog: "low", Smoke: "low", Clear: "high" };
    expect(mapped(["Fog", "Clear", "Smoke", "Rain"], { values, otherwise: "none" })).toEqual([
      "low",
      "high",
      "low",
      "none",
    ]);
  });

  it("rejects an empty list and a mixture of numbers and strings", () => {
    expect(() => mapped(["a"], {})).toThrow("no values given");
    expect(() => mapped(["a"], { values: { a: 1 }, otherwise: "b" })).toThrow("the new values have different types");
    expect(() => mapped(["a"], { values: { a: [1] } })).toThrow("the new values have different types");
  });
});

function mapped(texts: (string | null)[], options: TransformOptions): (number | string | null)[] {
  const table = { rowCount: texts.length, columns: [categoryColumn("c", texts)] };
  const state = map.fit(table, options, { task: "binary", seed: 1, target: "y" });
  const column = map.load(state)(table).columns[0]!;
  if (column.kind !== "category") return [...column.values];
  expect(new Set(column.categories).size).toBe(column.categories.length);
  return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]!));
}
