import { describe, expect, it } from "vitest";
import { categoryColumn } from "../core/table/categoryColumn.ts";
import type { TransformOptions } from "../core/transform.ts";
import { map } from "./map.ts";

describe("map", () => {
  it("makes a 0/1 column of a name for nothing", () => {
    const holidays = ["None", "Christmas Day", null];
    expect(mapped(holidays, { values: { None: 0 }, otherwise: 1 })).toEqual([0, 1, NaN]);
    expect(mapped(holidays, { values: { None: 0 }, otherwise: 1, missing: 0 })).toEqual([0, 1, 0]);
  });

  it("takes what is not in the list for missing unless told otherwise", () => {
    expect(mapped(["a", "b"], { values: { a: 7 } })).toEqual([7, NaN]);
    expect(mapped(["a", "b"], { values: { a: "first" } })).toEqual(["first", null]);
  });

  it("maps to texts that share a code where they are the same", () => {
    const values = { Fog: "low", Smoke: "low", Clear: "high" };
    expect(mapped(["Fog", "Clear", "Smoke", "Rain"], { values, otherwise: "none" })).toEqual([
      "low",
      "high",
      "low",
      "none",
    ]);
  });

  it("refuses an empty list and a mixture of numbers and texts", () => {
    expect(() => mapped(["a"], {})).toThrow("maps nothing");
    expect(() => mapped(["a"], { values: { a: 1 }, otherwise: "b" })).toThrow("maps to numbers and to something else");
    expect(() => mapped(["a"], { values: { a: [1] } })).toThrow("maps to numbers and to something else");
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
