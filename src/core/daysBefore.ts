import { MILLISECONDS_A_DAY } from "./text/duration.ts";

/** The earliest instant that a Date can have (ECMA-262, 21.4.1.1). */
const EARLIEST = -8.64e15;

/** The instant `days` before `now`, ISO 8601 UTC, clamped to the earliest Date. */
export function daysBefore(now: Date, days: number): string {
  return new Date(Math.max(EARLIEST, now.getTime() - days * MILLISECONDS_A_DAY)).toISOString();
}
