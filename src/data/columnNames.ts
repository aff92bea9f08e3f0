/** Column names of a file: normalized if asked for, and distinct. */
import { UnreadableFile } from "./unreadableFile.ts";

/** In characters: questions of surveys stay below, a file without line ends or quotes does not. */
const LONGEST_NAME = 5000;

/** Lower case, every run of other signs than letters and digits one "_", none at the ends: "Call  Failure" → "call_failure". */
export function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
}

/**
 * The names a file's columns get; a column without a name is called by its position, "column_3".
 *
 * @throws {UnreadableFile} if two are the same, or differ only in letter case, which SQL does not tell apart, or one is
 *   no name but a text
 */
export function columnNames(header: readonly string[], normalize: boolean): string[] {
  const positionOf = new Map<string, number>();
  return header.map((raw, position) => {
    if (raw.length > LONGEST_NAME) throw tooLong(raw, position);
    const name = (normalize ? normalizeName(raw) : raw) || `column_${position + 1}`;
    const before = positionOf.get(name.toLowerCase());
    if (before !== undefined) throw clash(header[before]!, raw, name);
    positionOf.set(name.toLowerCase(), position);
    return name;
  });
}

function tooLong(name: string, position: number): UnreadableFile {
  const what = `column ${position + 1} has a name of ${name.length} characters: ${JSON.stringify(name.slice(0, 20))} …`;
  return new UnreadableFile(what, { line: 1, hint: "is the first line its header, and every quote closed?" });
}

function clash(first: string, second: string, name: string): UnreadableFile {
  if (first === second) return new UnreadableFile(`two columns are called "${first}"`, { line: 1 });
  const same = first.toLowerCase() === second.toLowerCase() ? "differ only in letter case" : `both become "${name}"`;
  return new UnreadableFile(`columns "${first}" and "${second}" ${same}`, { line: 1 });
}
