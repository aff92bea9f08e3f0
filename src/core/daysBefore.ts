/** Ages in days as retention means them. */

const MILLISECONDS = 86_400_000;

/** The earliest instant that a Date can have (ECMA-262, 21.4.1.1). */
const EARLIEST = -8.64e15;

/** The instant so many days before another, ISO 8601 UTC; texts of years since 0 sort after those before. */
export function daysBefore(now: Date, days: number): string {
  return new Date(Math.max(EARLIEST, now.getTime() - days * MILLISECONDS)).toISOString();
}
