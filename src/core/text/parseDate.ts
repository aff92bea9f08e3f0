/** Parses a date or time as DuckDB does when it reads a file; also accepts "31-Jul-2024". */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const INSTANT =
  /^(\d{1,4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)? ?(?:(Z|UTC)|([+-])(\d{2}):?(\d{2})?)?$/i;
const DAY_MONTH_YEAR = /^(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})$/;

/**
 * Accepts ISO 8601 with optional time and zone (default UTC, as in table columns), or a day with the month's name.
 * @returns milliseconds since 1970-01-01 UTC; undefined for other formats, days that do not exist and ambiguous dates
 *   such as 11-01-2023
 */
export function parseDate(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  const named = DAY_MONTH_YEAR.exec(text);
  if (named !== null) return midnight(Number(named[3]), MONTHS.indexOf(named[2]!.toLowerCase()) + 1, Number(named[1]));
  const parts = INSTANT.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const start = midnight(year!, month!, day!);
  const fraction = Number(parts[7] ?? 0);
  const afterMidnight = minute! + second! + fraction;
  if (start === undefined || minute! > 59 || second! > 59 || hour! + Math.min(afterMidnight, 1) > 24) return undefined;
  const offset = (parts[9] === "-" ? -1 : 1) * (Number(parts[10] ?? 0) * 60 + Number(parts[11] ?? 0));
  return start + ((hour! * 60 + minute! - offset) * 60 + second!) * 1000 + fraction * 1000;
}

function midnight(year: number, month: number, day: number): number | undefined {
  // Not Date.UTC, which reads the year 99 as 1999. Both turn February 30 into March 2, hence the check below.
  const date = new Date(0);
  const time = date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && month <= 12 && date.getUTCDate() === day ? time : undefined;
}
