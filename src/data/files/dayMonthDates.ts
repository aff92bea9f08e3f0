/** Summarises the dates of a text column whose day and month are in an unknown order. */
import { DAY_MONTH, type DayMonthDates } from "../../core/text/dayMonthDate.ts";
import { dayMonthIn } from "./countValues.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { identifier } from "../duckdb/sql.ts";

/** Groups of the regular expression DAY_MONTH. */
const [FIRST, SEPARATOR, SECOND, YEAR, TIME, SECONDS] = [1, 2, 3, 4, 5, 6] as const;

export async function dayMonthDates(database: Database, table: string, column: string): Promise<DayMonthDates> {
  const form = `'%d' || ${partOf(SEPARATOR)} || '%m' || ${partOf(SEPARATOR)} || CASE length(${partOf(YEAR)}) WHEN 4 THEN '%Y' ELSE '%y' END
    || CASE WHEN ${partOf(TIME)} = '' THEN '' ELSE left(${partOf(TIME)}, 1) || '%H:%M' END
    || CASE WHEN ${partOf(SECONDS)} = '' THEN '' ELSE ':%S' END`;
  const values = `SELECT DISTINCT ${dayMonthIn(identifier(column))} AS value FROM ${identifier(table)}`;
  const rows = await database.rows(
    `SELECT min(value), ${greatestOf(FIRST)}, ${greatestOf(SECOND)}, ${form} FROM (${values}) WHERE value IS NOT NULL GROUP BY ALL ORDER BY ALL`,
  );
  return {
    example: String(rows[0]![0]),
    first: Math.max(...rows.map((row) => Number(row[1]))),
    second: Math.max(...rows.map((row) => Number(row[2]))),
    forms: rows.map((row) => String(row[3])).toSorted(),
  };
}

function partOf(group: number): string {
  return `regexp_extract(value, '^${DAY_MONTH}$', ${group})`;
}

function greatestOf(group: number): string {
  return `max(CAST(${partOf(group)} AS INTEGER))`;
}
