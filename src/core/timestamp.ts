/** Stamps in the names of artifacts. */

/** `YYYYMMDDTHHMMSSmmmZ` in UTC: names sort by time and, with a stamp a millisecond under one lock, never collide. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/[-:.]/g, "");
}
