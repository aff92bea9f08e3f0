/** Column names of a file: normalized on request, always distinct. */
import { UnreadableFile } from "./readOptions.ts";

/** In characters. Survey questions are shorter; a longer name means that line ends or closing quotes are missing. */
const MAX_NAME_LENGTH = 5000;

/** The name in Unicode's composed form (NFC), so that é is one letter however it was typed. */
export function composed(name: string): string {
  return name.normalize("NFC");
}

/** Lower case; each run of characters other than letters and digits becomes one "_": "Call  Failure" → "call_failure". */
export function normalizeName(name: string): string {
  return composed(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
}

/**
 * Column names for a header; a column without a name is named by its position, "column_3".
 * @param line of the header, if the format has lines
 * @throws {UnreadableFile} if two names are equal or differ only in case (SQL ignores case), or if a name is too long
 */
export function columnNames(header: readonly string[], normalize: boolean, line?: number): string[] {
  const positionOf = new Map<string, number>();
  return header.map((raw, position) => {
    if (raw.length > MAX_NAME_LENGTH) throw tooLong(raw, position, line);
    const given = normalize ? normalizeName(raw) : composed(raw);
    const name = given.trim() === "" ? `column_${position + 1}` : given;
    const earlier = positionOf.get(name.toLowerCase());
    if (earlier !== undefined) throw clash(header[earlier]!, raw, name, line);
    positionOf.set(name.toLowerCase(), position);
    return name;
  });
}

function tooLong(name: string, position: number, line: number | undefined): UnreadableFile {
  const reason = `column ${position + 1} has a name of ${name.length} characters: ${JSON.stringify(name.slice(0, 20))} …`;
  const hint = "check that the first line is a header and that every quote is closed";
  return new UnreadableFile(reason, { line, hint });
}

function clash(first: string, second: string, name: string, line: number | undefined): UnreadableFile {
  const own =
    line === undefined ? "" : ', or name all columns in "ingest.names", with "skip_lines": 1 to skip a header';
  const hint = `rename one of them${own}`;
  if (first === second) return new UnreadableFile(`two columns are called "${first}"`, { line, hint });
  const same = first.toLowerCase() === second.toLowerCase() ? "differ only in letter case" : `both become "${name}"`;
  return new UnreadableFile(`columns "${first}" and "${second}" ${same}`, { line, hint });
}
