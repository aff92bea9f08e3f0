import { describe, expect, it } from "vitest";
import { categoryColumn, sliceRows, type Table } from "./table/table.ts";

const table: Table = {
  rowCount: 4,
  columns: [
    { kind: "number", name: "x", values: Float64Array.of(1, 2, 3, 4) },
    categoryColumn("c", ["a", "b", null, "a"]),
  ],
};

describe("sliceRows", () => {
  it("returns the rows from start (inclusive) to end (exclusive) without copying", () => {
    const slice = sliceRows(table, 1, 3);
    expect(slice).toEqual({
      rowCount: 2,
      columns: [
        { kind: "number", name: "x", values: Float64Array.of(2, 3) },
        { kind: "category", name: "c", codes: Int32Array.of(1, -1), categories: ["a", "b"] },
      ],
    });
    const [x] = slice.columns;
    expect(
      x!.kind === "number" && x!.values.buffer === (table.columns[0] as { values: Float64Array }).values.buffer,
    ).toBe(true);
  });

  it("clamps to the ends of the table", () => {
    expect(sliceRows(table, 3, 99).rowCount).toBe(1);
    expect(sliceRows(table, 9, 99).rowCount).toBe(0);
  });
});
