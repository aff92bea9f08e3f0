/** Names a place in a file and what is wrong there, the line once. */

/** `a.csv, line 3: two columns are called "b"`; a reason that opens with the line itself says it only once. */
export function atLine(path: string, line: number | undefined, reason: string): string {
  if (line === undefined) return `${path}: ${reason}`;
  return reason.startsWith(`line ${line}`) ? `${path}, ${reason}` : `${path}, line ${line}: ${reason}`;
}
