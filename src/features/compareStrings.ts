/** Sort order of strings: by UTF-16 code unit, so that a model does not depend on the locale. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
