/** An instant as people read it, in UTC so that a report says the same everywhere. */

/** "2026-03-01 10:00 UTC"; a text that is no instant stays as it is. */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
