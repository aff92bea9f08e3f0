/** A moment of a date column as people read it. */

/** A day without its midnight: "2024-07-31", but "2024-07-31T09:30:00.000Z". */
export function dateText(time: number): string {
  return new Date(time).toISOString().replace("T00:00:00.000Z", "");
}
