/** Reads an instant from a text. */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const DAY_MONTH_YEAR = /^(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})$/;

/**
 * ISO 8601 with or without a time and a zone ("2024-07-31", "2024-07-31 09:00:00", "…T09:00:00Z"), or "31-Jul-2024".
 * Without a zone it is read as UTC, as the columns of a table are. Others, and days that do not exist, are NaN:
 * 11-01-2023 could be two days, so it is none.
 * @returns milliseconds since 1970-01-01 UTC
 */
export function parseDate(text: string): number {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [year, month, day, hour, minute, second] = iso.slice(1, 7).map((part) => Number(part ?? 0));
    const milliseconds = Math.floor(Number(`0.${iso[7] ?? "0"}`) * 1000);
    const time = instant([year!, month! - 1, day!], [hour!, minute!, second!]);
    return time + milliseconds - zoneOffset(iso[8]);
  }
  const named = DAY_MONTH_YEAR.exec(trimmed);
  const month = named ? MONTHS.indexOf(named[2]!.toLowerCase()) : -1;
  return month < 0 ? NaN : instant([Number(named![3]), month, Number(named![1])], [0, 0, 0]);
}

type Triple = readonly [number, number, number];

function instant([year, month, day]: Triple, [hour, minute, second]: Triple): number {
  const time = Date.UTC(year, month, day, hour, minute, second);
  const date = new Date(time);
  const exists = date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return exists ? time : NaN;
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}
