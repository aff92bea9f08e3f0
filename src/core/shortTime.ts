/** Instants as people read them in a table. */

/** "2026-11-21T10:06:15.061Z" → "2026-11-21T10:06:15Z": still ISO 8601, the milliseconds left out. */
export function shortTime(iso: string): string {
  return iso.replace(/\.\d+Z$/, "Z");
}
