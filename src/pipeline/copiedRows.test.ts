import { expect, it } from "vitest";
import { categoryColumn } from "../core/categoryColumn.ts";
import type { Column, Table } from "../core/table.ts";
import { copiedRows } from "./copiedRows.ts";

const number = (name: string, values: readonly number[]): Column => ({
  kind: "number",
  name,
  values: Float64Array.from(values),
});

function table(...columns: readonly Column[]): Table {
  const [first] = columns;
  return { rowCount: first!.kind === "category" ? first!.codes.length : first!.values.length, columns };
}

it("counts rows that stand in the other table, each as often as it comes, whatever the order of rows and columns", () => {
  const training = table(number("a", [1, 2, 3]), categoryColumn("b", ["x", "y", "z"]));
  const test = table(categoryColumn("b", ["z", "y", "x", "z"]), number("a", [3, 3, 1, 3]));
  expect(copiedRows(test, training, ["a", "b"])).toBe(3);
});

it("takes a missing value for equal to a missing value, and to nothing else", () => {
  const training = table(number("a", [NaN, 0]), categoryColumn("b", [null, "x"]));
  const test = table(number("a", [NaN, NaN, 0]), categoryColumn("b", [null, "x", null]));
  expect(copiedRows(test, training, ["a", "b"])).toBe(1);
});

it("compares the named columns only, and values rather than kinds", () => {
  const training = table(number("a", [1, 2.5]), number("b", [7, 8]));
  const test = table(categoryColumn("a", ["1", "2.5", "3"]), number("b", [0, 0, 0]));
  expect(copiedRows(test, training, ["a"])).toBe(2);
  expect(copiedRows(test, training, ["a", "b"])).toBe(0);
});
