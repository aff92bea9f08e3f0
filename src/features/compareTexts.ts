/** Order of texts. */

/** By UTF-16 code unit, so that no locale changes a model. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
