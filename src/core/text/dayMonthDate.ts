/** Dates such as 09/03/2024 or 29.01.24, which no reader takes for dates as two days could be meant, and how to make them some. */
import { selectHint } from "./selectHint.ts";

/** Of a whole text, for DuckDB: two parts, the year, and perhaps hours, minutes and seconds. */
export const DAY_MONTH = String.raw`([0-9]{1,2})([./-])([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?`;

/** What the texts of a column have in common. */
export interface DayMonthDates {
  /** One of the texts. */
  readonly example: string;
  /** The greatest first and second part. */
  readonly first: number;
  readonly second: number;
  /** The forms that occur, for strptime, with the day first: "%d/%m/%Y". */
  readonly forms: readonly string[];
}

const LAST_MONTH = 12;
const LAST_DAY = 31;

/** Which order the values allow, and the line of config.json that makes dates of them; undefined where they are none. */
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
  const texts = forms.map((form) => `'${form}'`);
  return texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
}
