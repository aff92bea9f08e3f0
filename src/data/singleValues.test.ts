import { describe, expect, it } from "vitest";
import { parseDate, parseNumber } from "../core/text/valueFormat.ts";
import { withDatabase, literal } from "./duckdb/duckdb.ts";

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
  "1_000",
  "-1_0.5_0e1_0",
  "1__0",
  "_1",
  "1_",
  "1_.5",
  "1._5",
  "1e_1",
  "+inf",
  "+Infinity",
  "+nan",
  "-NaN",
  "+-1",
  "++1",
  "-+1",
  "--1",
  "+-inf",
  "1e400",
  "1.e5",
  "\t1\n",
  "\u00a01",
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
  "0001-01-01",
  "0099-12-31",
  "0000-01-01",
  "0004-02-29",
  "0100-02-29",
  "99-12-31",
  "11-01-23",
  "11-01-2023",
  "2024-01-01 24:00:00",
  "2024-01-01 24:00:01",
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
