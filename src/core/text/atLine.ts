/** Prefixes an error with its place: `a.csv, line 3: two columns are called "b"`. */

/** A reason that already starts with the line number does not get a second one. */
export function atLine(path: string, line: number | undefined, reason: string): string {
  if (line === undefined) return `${path}: ${reason}`;
  return reason.startsWith(`line ${line}`) ? `${path}, ${reason}` : `${path}, line ${line}: ${reason}`;
}
