import { expect, it } from "vitest";
import { categoryColumn, cellText, type Column, type Table } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { rowsWithout, splitDuplicates } from "./splitDuplicates.ts";

const number = (name: string, values: readonly number[]): Column => ({
  kind: "number",
  name,
  values: Float64Array.from(values),
});

function table(...columns: readonly Column[]): Table {
  const [first] = columns;
  return { rowCount: first!.kind === "category" ? first!.codes.length : first!.values.length, columns };
}

it("counts rows that also occur in the other table, repeats included, independent of row and column order", () => {
  const training = table(number("a", [1, 2, 3]), categoryColumn("b", ["x", "y", "z"]));
  const test = table(categoryColumn("b", ["z", "y", "x", "z"]), number("a", [3, 3, 1, 3]));
  expect(splitDuplicates(test, training, ["a", "b"])).toBe(3);
});

it("treats missing values as equal only to each other", () => {
  const training = table(number("a", [NaN, 0]), categoryColumn("b", [null, "x"]));
  const test = table(number("a", [NaN, NaN, 0]), categoryColumn("b", [null, "x", null]));
  expect(splitDuplicates(test, training, ["a", "b"])).toBe(1);
});

it("compares only the named columns, by value and not by kind", () => {
  const training = table(number("a", [1, 2.5]), number("b", [7, 8]));
  const test = table(categoryColumn("a", ["1", "2.5", "3"]), number("b", [0, 0, 0]));
  expect(splitDuplicates(test, training, ["a"])).toBe(2);
  expect(splitDuplicates(test, training, ["a", "b"])).toBe(0);
});

it("gives the same count as comparing all pairs of rows, with signed zeros, missing values and strings", () => {
  const { integer } = random(7);
  const some = (rowCount: number): Table => ({
    rowCount,
    columns: [
      number(
        "a",
        Array.from({ length: rowCount }, () => [0, -0, NaN, 1, 2][integer(5)]!),
      ),
      categoryColumn(
        "b",
        Array.from({ length: rowCount }, () => [null, "", "x", "y", "z"][integer(5)]!),
      ),
      number(
        "c",
        Array.from({ length: rowCount }, () => integer(4)),
      ),
    ],
  });
  const [own, other] = [some(300), some(40)];
  const key = ({ columns }: Table, row: number): string =>
    columns.map((column) => cellText(column, row) ?? "").join("|");
  const known = new Set(Array.from({ length: 40 }, (_, row) => key(other, row)));
  const expected = Array.from({ length: 300 }, (_, row) => known.has(key(own, row))).filter(Boolean).length;
  expect(splitDuplicates(own, other, ["a", "b", "c"])).toBe(expected);
  expect(expected).toBeGreaterThan(30);
});

it("handles a hundred thousand identical rows without comparing all pairs", () => {
  const alike = table(
    number(
      "a",
      Array.from({ length: 100_000 }, () => 1),
    ),
  );
  expect(splitDuplicates(alike, alike, ["a"])).toBe(100_000);
});

it("tells rows apart by the last of many columns", () => {
  const same = ["a", "b", "c", "d", "e"].map((name) =>
    number(
      name,
      Array.from({ length: 100_000 }, () => 1),
    ),
  );
  const last = (from: number) =>
    number(
      "f",
      Array.from({ length: 100_000 }, (_, row) => from + row),
    );
  const names = ["a", "b", "c", "d", "e", "f"];
  expect(splitDuplicates(table(...same, last(0)), table(...same, last(90_000)), names)).toBe(10_000);
});

it("leaves the rows of a table that another table does not have, each copy once", () => {
  const old = table(number("a", [1, 2, 2, NaN]), categoryColumn("b", ["x", "y", "y", null]));
  // In another order, with another column, and with a number that is a string now.
  const grown = table(
    categoryColumn("b", ["y", null, "x", "y", "y", "x", "z"]),
    categoryColumn("a", ["2", null, "1", "2", "2", "1", "3"]),
    number("c", [1, 2, 3, 4, 5, 6, 7]),
  );
  expect([...rowsWithout(grown, old)]).toEqual([4, 5, 6]);
  expect([...rowsWithout(old, grown)]).toEqual([]);
});

it("compares rows without a column that is text now, written with a comma", () => {
  const old = table(number("a", [1.5, 2.5]), categoryColumn("b", ["x", "y"]));
  const now = table(categoryColumn("a", ["n.c.", "1,5", "2,5"]), categoryColumn("b", ["z", "x", "y"]));
  expect([...rowsWithout(now, old)]).toEqual([0]);
});
