import { describe, expect, it } from "vitest";
import { parseDate } from "../core/parseDate.ts";
import { parseNumber } from "../core/parseNumber.ts";
import { withDatabase } from "./duckdb.ts";
import { literal } from "./sql.ts";

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
