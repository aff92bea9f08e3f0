/** SQL that counts how many strings of a column are numbers, dates, or ambiguous. */
import { DAY_MONTH } from "../../core/text/dayMonthDate.ts";
import { DECIMAL_COMMA } from "../../core/text/decimalComma.ts";

/** Number of results that `countValues` gives for a column. */
export const COUNTS = 6;

/**
 * SQL for, in this order: the number of values, of numbers, of dates, of numbers with a decimal comma, an example of the
 * latter, and the number of dates with day and month in an unknown order.
 */
export function countValues(column: string): string {
  const comma = `CASE WHEN ascii(ltrim(${column})) < 65 AND regexp_full_match(${column}, '${DECIMAL_COMMA}') THEN ${column} END`;
  return `count(${column}), count(${numberIn(column)}), count(${dateIn(column)}), count(${comma}), min(${comma}), count(${dayMonthIn(column)})`;
}

/** SQL: the string if it is a date with day and month in an unknown order, else NULL. */
export function dayMonthIn(column: string): string {
  // Checking two characters first avoids the regular expression, which takes longer than all other counts.
  const isCandidate = `ascii(${column}) < 58 AND (${column}[2] IN ('.', '/', '-') OR ${column}[3] IN ('.', '/', '-')) AND regexp_full_match(${column}, '${DAY_MONTH}')`;
  return `CASE WHEN ${isCandidate} THEN ${column} END`;
}

/** SQL: the string as a number, else NULL. */
export function numberIn(column: string): string {
  // Casting every string takes eight times as long as checking its first character first: digits are below "A".
  const isWord = `lower(trim(${column})) IN ('nan', 'inf', 'infinity')`;
  return `TRY_CAST(CASE WHEN ascii(ltrim(${column})) < 65 OR ${isWord} THEN ${column} END AS DOUBLE)`;
}

/** SQL: the string as a timestamp, else NULL. Rejects "infinity", "epoch" and 24/12/31, which DuckDB would accept. */
export function dateIn(column: string): string {
  return `TRY_CAST(CASE WHEN regexp_matches(${column}, '^ *[0-9]{3,4}[-/]') THEN ${column} END AS TIMESTAMP)`;
}

/** SQL: the earliest date if all are in the first century (DuckDB reads 31-12-24 as 24 December 31), else NULL. */
export function earlyYear(column: string): string {
  return `CASE WHEN max(${column}) < DATE '0100-01-01' THEN CAST(min(${column}) AS VARCHAR) END`;
}
