import { describe, expect, it } from "vitest";
import { withDatabase } from "./duckdb.ts";
import { literal } from "./sql.ts";
import { tableFromRows } from "./tableFromRows.ts";
import { parseDate, parseNumber } from "./values.ts";

const NUMBERS = [
  "1",
  " 2.50 ",
  "-3e2",
  ".5",
  "5.",
  "+7",
  "NaN",
  "inf",
  "-Infinity",
  "abc",
  "1 2",
  "",
  "0x10",
  "1,5",
  "-",
];
const DATES = [
  "2024-01-31",
  "2024-1-3",
  "2012-10-02 09:00:00",
  "2012-10-02T09:00:00Z",
  "2012-10-02 09:00:00.25",
  "2012-10-02 09:30",
  "2012-10-02 09:00:00+02",
  "2012-10-02 09:00:00-03:30",
  "2024-02-30",
  "2024-13-01",
  "31/01/2024",
  "July 1, 2024",
  "12",
];

describe("values read one at a time", () => {
  it.each(NUMBERS)("agree with DuckDB on the number %j", async (text) => {
    const [row] = await withDatabase((database) => database.rows(`SELECT TRY_CAST(${literal(text)} AS DOUBLE)`));
    expect(parseNumber(text) ?? null).toEqual(row![0]);
  });

  it.each(DATES)("agree with DuckDB on the date %j", async (text) => {
    const sql = `SELECT epoch_us(TRY_CAST(${literal(text)} AS TIMESTAMPTZ)) / 1000.0`;
    const [row] = await withDatabase((database) => database.rows(`SET TimeZone = 'UTC'; ${sql}`));
    expect(parseDate(text) ?? null).toEqual(row![0]);
  });
});

describe("tableFromRows", () => {
  it("reads each column as its kind and reports what does not fit", () => {
    const rows = [
      { line: 2, values: ["1", "x", "2024-01-01", 7] },
      { line: 3, values: ["abc", "", "soon", true] },
      { line: 4, values: [], problem: "ragged" },
    ];
    const kinds = [
      { name: "n", kind: "number" },
      { name: "c", kind: "category" },
      { name: "d", kind: "date" },
      { name: "m", kind: "category" },
      { name: "absent", kind: "number" },
    ] as const;
    const { table, problems } = tableFromRows({ columns: ["n", "c", "d", "m"], rows }, kinds);
    expect(table).toEqual({
      rowCount: 3,
      columns: [
        { kind: "number", name: "n", values: Float64Array.of(1, Number.NaN, Number.NaN) },
        { kind: "category", name: "c", codes: Int32Array.of(0, -1, -1), categories: ["x"] },
        { kind: "date", name: "d", values: Float64Array.of(1704067200000, Number.NaN, Number.NaN) },
        { kind: "category", name: "m", codes: Int32Array.of(0, 1, -1), categories: ["7", "true"] },
      ],
    });
    expect(problems).toEqual([
      { row: 1, column: "n", reason: '"abc" is not a number' },
      { row: 1, column: "d", reason: '"soon" is not a date' },
    ]);
  });
});
