import { expect, it } from "vitest";
import type { Table } from "../core/table/table.ts";
import { duplicateShare } from "./duplicateShare.ts";

it("counts rows that equal an earlier one, however far away; −0 is 0 and missing is missing", () => {
  const rowCount = 5000;
  // Row i + 2,500 says what row i says, in other signs of 0 and in each kind of column; but for the last hundred.
  const of = (row: number): number => (row < 4900 ? row % 2500 : row);
  const special = (row: number): number =>
    of(row) === 7 ? NaN : of(row) === 8 ? (row < 2500 ? 0 : -0) : of(row) + 0.5;
  const table: Table = {
    rowCount,
    columns: [
      { kind: "number", name: "a", values: Float64Array.from({ length: rowCount }, (_, row) => special(row)) },
      {
        kind: "category",
        name: "b",
        codes: Int32Array.from({ length: rowCount }, (_, row) => of(row) % 3),
        categories: ["x", "y", "z"],
      },
      { kind: "date", name: "c", values: Float64Array.from({ length: rowCount }, (_, row) => of(row) * 1000) },
    ],
  };
  expect(duplicateShare(table)).toBe(2400 / 5000);
  expect(duplicateShare({ rowCount: 0, columns: [] })).toBe(0);
});
