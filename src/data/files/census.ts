/** What the texts of a column are: which of them count as numbers and which as dates, in SQL. */
import { DAY_MONTH } from "../../core/text/dayMonthDate.ts";
import { DECIMAL_COMMA } from "../../core/text/decimalComma.ts";

/**
 * SQL: how many values there are, how many are numbers, how many dates, how many have a decimal comma, and one such, how
 * many are dates that name day and month in one order or the other.
 */
export function census(column: string): string {
  const comma = `CASE WHEN ascii(ltrim(${column})) < 65 AND regexp_full_match(${column}, '${DECIMAL_COMMA}') THEN ${column} END`;
  return `count(${column}), count(${numberIn(column)}), count(${dateIn(column)}), count(${comma}), min(${comma}), count(${dayMonthIn(column)})`;
}

/** SQL: the text where it is a date whose day and month could change places, else NULL. */
export function dayMonthIn(column: string): string {
  // A look at two signs spares most texts the expression, which takes longer than all other counts.
  const looksSo = `ascii(${column}) < 58 AND (${column}[2] IN ('.', '/', '-') OR ${column}[3] IN ('.', '/', '-')) AND regexp_full_match(${column}, '${DAY_MONTH}')`;
  return `CASE WHEN ${looksSo} THEN ${column} END`;
}

/** SQL: the number that a text is, else NULL. */
export function numberIn(column: string): string {
  // Trying a cast on every text takes eight times as long as looking at its first sign first: below "A" are digits.
  const isWord = `lower(trim(${column})) IN ('nan', 'inf', 'infinity')`;
  return `TRY_CAST(CASE WHEN ascii(ltrim(${column})) < 65 OR ${isWord} THEN ${column} END AS DOUBLE)`;
}

/** SQL: the instant that a text is, else NULL; "infinity", "epoch" and 24/12/31, which DuckDB takes, are none. */
export function dateIn(column: string): string {
  return `TRY_CAST(CASE WHEN regexp_matches(${column}, '^ *[0-9]{3,4}[-/]') THEN ${column} END AS TIMESTAMP)`;
}

/** SQL: the first date where all are of the first century, as the reader takes 31-12-24 for the 24th of December 31. */
export function earlyYear(column: string): string {
  return `CASE WHEN max(${column}) < DATE '0100-01-01' THEN CAST(min(${column}) AS VARCHAR) END`;
}
