/**
 * Dates such as 09/03/2024 or 29.01.24. They are ambiguous, so readers keep them as strings; this builds the hint that
 * converts them.
 */
import { selectHint } from "./selectHint.ts";

/** Regular expression for a whole value, for DuckDB: two parts, the year, and optionally hours, minutes and seconds. */
export const DAY_MONTH = String.raw`([0-9]{1,2})([./-])([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?`;

/** Summary of such a column. */
export interface DayMonthDates {
  /** One of the values. */
  readonly example: string;
  /** Largest first part. */
  readonly first: number;
  /** Largest second part. */
  readonly second: number;
  /** The strptime formats that occur, written with the day first: "%d/%m/%Y". */
  readonly forms: readonly string[];
}

const LAST_MONTH = 12;
const LAST_DAY = 31;

/**
 * A hint with the day/month order that the values allow and the setting that converts them; undefined if they cannot be
 * dates.
 */
export function dayMonthHint(column: string, { first, second, forms }: DayMonthDates): string | undefined {
  if (Math.max(first, second) > LAST_DAY) return undefined;
  if (first > LAST_MONTH && second > LAST_MONTH) {
    return `the first part goes up to ${first} and the second up to ${second}, so neither order fits all: correct the files`;
  }
  const orders = { day: forms, month: forms.map((form) => form.replace(/^%d(.)%m/, "%m$1%d")) };
  const hint = (order: "day" | "month"): string => selectHint(column, (name) => strptime(name, orders[order]));
  if (first > LAST_MONTH)
    return `the first part goes up to ${first}, so the day comes first: for dates, ${hint("day")}`;
  if (second > LAST_MONTH)
    return `the second part goes up to ${second}, so the month comes first: for dates, ${hint("month")}`;
  return `day or month can come first: for dates with the day first, ${hint("day")}; with the month first, write ${list(orders.month)} in it`;
}

function strptime(name: string, forms: readonly string[]): string {
  const type = forms.some((form) => form.includes("%H")) ? "TIMESTAMP" : "DATE";
  return `CAST(strptime(${name}, ${list(forms)}) AS ${type})`;
}

function list(forms: readonly string[]): string {
  const quoted = forms.map((form) => `'${form}'`);
  return quoted.length === 1 ? quoted[0]! : `[${quoted.join(", ")}]`;
}
