import { describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import type { Column } from "../../core/table/table.ts";
import { rowNumbers } from "./rowNumbers.ts";

const up = (rows: number, from = 0): number[] => Array.from({ length: rows }, (_, row) => from + row);
const shuffled = (values: readonly number[]): number[] => [...random(1).shuffle(Int32Array.from(values))];

function found(name: string, values: ArrayLike<number>): boolean {
  const columns: Column[] = [{ kind: "number", name, values: Float64Array.from(values) }];
  return rowNumbers({ rowCount: values.length, columns }).length === 1;
}

it("the rows of a grid are places", () => {
  const place = (name: string, of: (index: number) => number): Column => {
    return { kind: "number", name, values: Float64Array.from({ length: 300 }, (_, index) => of(index)) };
  };
  const row = place("row", (index) => (index % 50) + 1);
  expect(rowNumbers({ rowCount: 300, columns: [row, place("y", (index) => index % 7)] })).toEqual(["row"]);
  expect(rowNumbers({ rowCount: 300, columns: [row, place("col", (index) => Math.floor(index / 50))] })).toEqual([]);
});

describe("under any name", () => {
  it.each([0, 1, 25, -3])("a column that counts up by one from %s is a row number", (from) => {
    expect(found("x", up(200, from))).toBe(true);
  });

  it("some rows may be missing since they were numbered, but not half of them", () => {
    expect(
      found(
        "No.of.row",
        up(200).filter((value) => value % 20 !== 3),
      ),
    ).toBe(true);
    expect(
      found(
        "x",
        up(200).map((value) => 2 * value),
      ),
    ).toBe(false);
  });

  it.each([
    ["one value twice", [...up(100), 99]],
    ["a missing value", [...up(99), NaN]],
    ["no integers", up(100).map((value) => value + 0.5)],
    ["downwards", up(100).toReversed()],
    ["in another order", shuffled(up(100))],
    ["too few rows", up(19)],
  ])("is none: %s", (_, values) => expect(found("x", values)).toBe(false));

  it.each(["year", "Year Built", "week_number", "timestep", "dayOfYear"])("a time is none: %s", (name) => {
    expect(found(name, up(60, 1960))).toBe(false);
  });
});

const names = [
  "",
  "column_1",
  "Unnamed: 0",
  "__index_level_0__",
  "index",
  "No",
  "nr",
  "row_number",
  "rowid",
  "rownames",
];

describe.each([...names, "instant", "Order", "#"])("under the name %s", (name) => {
  it("it may be shuffled, as after a random split, or start again in each file", () => {
    expect(found(name, shuffled(up(100)).slice(0, 80))).toBe(true);
    expect(found(name, [...up(60), ...up(50)])).toBe(true);
  });

  it("other integers stay", () => {
    expect(
      found(
        name,
        up(100).map((row) => row % 4),
      ),
    ).toBe(false);
    expect(found(name, shuffled(up(100).map((row) => 1000 * row)))).toBe(false);
  });
});

it("looks at numbers only", () => {
  const date: Column = { kind: "date", name: "index", values: Float64Array.from(up(50)) };
  expect(rowNumbers({ rowCount: 50, columns: [date] })).toEqual([]);
});
