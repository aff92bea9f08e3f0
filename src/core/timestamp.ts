/** Stamps in the names of artifacts. */

/** `YYYYMMDDTHHMMSSmmmZ` in UTC: names sort by time and, with a stamp a millisecond under one lock, never collide. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/[-:.]/g, "");
}

/** "20261121T134652753Z" → "2026-11-21T13:46:52.753Z" */
export function timeOfStamp(stamp: string): string {
  return stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, "$1-$2-$3T$4:$5:$6.$7Z");
}
