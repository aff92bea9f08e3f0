import { expect, it } from "vitest";
import type { Table } from "../core/table/table.ts";
import { duplicateShare } from "./qualityReport.ts";

it("counts rows that equal an earlier row at any distance; −0 equals 0, and missing equals missing", () => {
  const rowCount = 5000;
  // Row i + 2,500 equals row i in each kind of column, but with the other sign of 0; except for the last hundred rows.
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
