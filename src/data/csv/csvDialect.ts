/** Recognises from the first records how a file is written: delimiter, lines before the header, or that it is not CSV. */
import { counted } from "../../core/text/format.ts";
import { isMissingMarker } from "../../core/text/valueFormat.ts";
import { lineBreaks } from "./csvGrammar.ts";
import type { CsvRow } from "./csvTokenizer.ts";
import { type CsvSettings, UnreadableFile } from "../readOptions.ts";

/** In order of preference if they fit equally well. */
const DELIMITERS = [",", ";", "\t", "|"];
/** Share of the records after a title that must have the same number of values. */
const MOST = 0.8;

/** Skips `skipLines`, Excel's line `sep=;`, and blank lines. */
export function preamble(text: string, settings: CsvSettings): { at: number; line: number; delimiter?: string } {
  let at = 0;
  for (let i = 0; i < (settings.skipLines ?? 0); i++) at = lineEnd(text, at).next;
  const first = text.slice(at, lineEnd(text, at).end);
  const separator = /^"?sep=([^"]|\\t)"?$/i.exec(first)?.[1];
  if (separator !== undefined) at = lineEnd(text, at).next;
  while (at < text.length && text.slice(at, lineEnd(text, at).end).trim() === "") at = lineEnd(text, at).next;
  const line = 1 + lineBreaks(text.slice(0, at));
  return { at, line, ...(separator === undefined ? {} : { delimiter: separator === "\\t" ? "\t" : separator }) };
}

function lineEnd(text: string, from: number): { end: number; next: number } {
  const pattern = /\r\n|\n|\r|$/g;
  pattern.lastIndex = from;
  const { 0: lineBreak, index: end } = pattern.exec(text)!;
  return { end, next: end + lineBreak.length };
}

/** Position after the record that starts at `from`, before its line end; −1 if `text` ends within it. */
export function recordEnd(text: string, from: number, quote: string): number {
  let isQuoted = false;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (char === quote) isQuoted = !isQuoted;
    else if (!isQuoted && (char === "\n" || char === "\r")) return i;
  }
  return -1;
}

/** The delimiter on which most records agree with the header; else the most frequent one of the header. */
export function detectDelimiter(sampleWith: (delimiter: string) => readonly CsvRow[], name: string): string {
  const candidates = DELIMITERS.map((delimiter) => {
    const widths = sampleWith(delimiter).map(({ values }) => values.length);
    const { width, count } = mostFrequent(widths);
    return { delimiter, header: widths[0] ?? 0, width, share: count / widths.length };
  });
  if (/\.tsv(\.gz)?$/i.test(name) && candidates[2]!.header > 1) return "\t";
  const several = candidates
    .filter(({ width }) => width > 1)
    .toSorted((a, b) => b.share - a.share || b.width - a.width);
  const agreed = several.find(({ header, width }) => header === width);
  const [inHeader] = candidates.filter(({ header }) => header > 1).toSorted((a, b) => b.header - a.header);
  // A title above the header has no delimiter.
  const inRows = several.find(({ share }) => share >= MOST / 2);
  return (agreed ?? inHeader ?? inRows)?.delimiter ?? ",";
}

function mostFrequent(widths: readonly number[]): { width: number; count: number } {
  const groups = Map.groupBy(widths, (width) => width);
  const counts = Array.from(groups, ([width, { length: count }]) => ({ width, count }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best), { width: 0, count: 0 });
}

/** More lines are no title. */
const MOST_TITLES = 10;

const filled = ({ values }: CsvRow): number => values.filter((value) => value.trim() !== "").length;

/** Position of a header below titles in at most half of the columns, as spreadsheets write them; undefined if there are none. */
function belowTitles(records: readonly CsvRow[]): number | undefined {
  const width = records[0]?.values.length ?? 0;
  const at = records.findIndex((record) => record.values.length === width && filled(record) === width);
  // With two columns, a title looks like a header whose first name is missing, as pandas writes an index.
  const isBelow =
    width > 2 && at > 0 && at <= MOST_TITLES && records.slice(0, at).every((record) => filled(record) <= width / 2);
  return isBelow && kindOfFirst(records.slice(at)) === "header" ? at : undefined;
}

/**
 * @returns the line of the header below titles if `guess` and that is certain; undefined if the first record may be the header
 * @throws {UnreadableFile} for a first record with fewer values than the rows: it is a title, or lacks names
 */
export function lineBelowTitle(records: readonly CsvRow[], guess: boolean): number | undefined {
  const below = belowTitles(records);
  if (below !== undefined) {
    const { line } = records[below]!;
    if (guess) return line;
    const reason = `line ${records[0]!.line} looks like a title, and line ${line} like the names of the columns`;
    const hint = `if that is right, set "ingest": {"skip_lines": ${line - 1}}; else give every column a name`;
    throw new UnreadableFile(reason, { line: records[0]!.line, hint });
  }
  const [header, ...others] = records;
  const { width } = mostFrequent(others.map(({ values }) => values.length));
  const k = others.findIndex(({ values }) => values.length === width);
  const rows = others.slice(k);
  const same = rows.filter(({ values }) => values.length === width).length;
  if (header === undefined || header.values.length >= width || rows.length < 2 || same < MOST * rows.length)
    return undefined;
  const { line } = others[k]!;
  if (guess && kindOfFirst(rows) === "header") return line;
  const reason = `line ${header.line} has ${counted(header.values.length, "value")}, but line ${line} and the lines after it have ${width}`;
  const hint = `if line ${line} has the names of the columns, set "ingest": {"skip_lines": ${line - 1}}; else give every column a name`;
  throw new UnreadableFile(reason, { line: header.line, hint });
}

const isYear = (text: string): boolean => /^(19|20)\d\d$/.test(text);
const isNumber = (text: string): boolean => /^[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?$/i.test(text);

/**
 * What the first record looks like. A row has numbers above numbers, and words that are in its columns again; a header has
 * words above numbers. Undefined: neither is certain.
 */
export function kindOfFirst([header, ...others]: readonly CsvRow[]): "row" | "header" | undefined {
  const first = header?.values ?? [];
  // The header comes again where files were concatenated.
  const rows = others.filter(({ values }) => values.some((value, column) => value !== first[column]));
  const numbers = first.filter(isNumber).map(Number);
  let [alike, strange] = [0, 0];
  for (const [column, cell] of first.entries()) {
    const values = rows.map((row) => row.values[column] ?? "").filter((value) => !isMissingMarker(value));
    const isNumeric = values.length > 0 && values.filter(isNumber).length >= MOST * values.length;
    if (isNumeric && !isNumber(cell) && !isMissingMarker(cell)) return "header";
    // A year may be the name of a column.
    if (isNumeric ? isNumber(cell) && (!isYear(cell) || values.every(isYear)) : values.includes(cell)) alike++;
    else if (!isNumeric && new Set(values).size < values.length / 2) strange++;
  }
  // Such as the days of a month.
  const isSeries = numbers.every((value, i) => Number.isInteger(value) && (i === 0 || value > numbers[i - 1]!));
  if ((numbers.length > 2 && isSeries) || strange > first.length / 10) return undefined;
  return alike > first.length / 2 ? "row" : undefined;
}

/** Position of the first column whose cells all begin and end with an apostrophe, of at least two; else -1. */
export function apostrophes(rows: readonly CsvRow[]): number {
  if (rows.length < 2) return -1;
  return rows[0]!.values.findIndex((_, column) => rows.every(({ values }) => /^'.*'$/s.test(values[column] ?? "")));
}

const foreign: readonly (readonly [pattern: RegExp, what: string, hint: string])[] = [
  [/^version https:\/\/git-lfs/, "a pointer of git-lfs", "run `git lfs pull` to download the data"],
  [
    /^\s*<(!doctype|html|head|\?xml)/i,
    "an HTML or XML page",
    "the download may be an error or a login page: open the file",
  ],
  [
    /^\s*(\{\s*"|\[\s*\{)/,
    "JSON",
    "name a file of JSON Lines .jsonl, or give predict and labels --input-format jsonl; convert an array with `jq -c '.[]'`",
  ],
];

/** Refuses what is often found in place of data. @param text the start of the file */
export function refuseForeign(text: string, expected: "CSV" | "JSON"): void {
  const found = foreign.find(([pattern, what]) => what !== expected && pattern.test(text));
  if (found === undefined) return;
  throw new UnreadableFile(`line 1: this is ${found[1]}, not ${expected}`, { line: 1, hint: found[2] });
}
