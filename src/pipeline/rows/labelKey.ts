/** Labels that differ only in case, blanks or Unicode form: most often one class that was written in several ways. */

/** Soft hyphens, zero-width characters and byte order marks; the no-break blank looks like a blank. */
export const INVISIBLE = /[\u00a0\u00ad\u200b-\u200d\u2060\ufeff]/gu;

/** Equal for labels that a person would read as the same. */
export function labelKey(label: string): string {
  const visible = label.normalize("NFC").replaceAll(INVISIBLE, (found) => (found === "\u00a0" ? " " : ""));
  return visible.trim().toLowerCase();
}
