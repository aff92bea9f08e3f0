/** Rows of a CSV stream: text without quotes is split, from the first quote on csv-parse reads it. */
import { parse } from "csv-parse";
import { MlctlError } from "../../core/errors.ts";
import { normalizeName } from "../columnNames.ts";
import { firstRecordLength, sniffDelimiter, splitRecord } from "./csvHeader.ts";
import { plainLines, type LineEnd } from "./plainLines.ts";
import type { InputRow, RowBatch } from "../rowBatch.ts";
import { textChunks } from "./textChunks.ts";

export interface CsvOptions {
  readonly normalizeNames?: boolean | undefined;
  /** How errors name the stream. */
  readonly name: string;
}

/** What the first record says. */
interface Form {
  readonly delimiter: string;
  readonly columns: readonly string[];
  /** Undefined where the header has no end of a kind that lines can be split by. */
  readonly lineEnd: LineEnd | undefined;
  /** Signs of the header with its end; 0 where that is not sure, and it is the first record to parse. */
  readonly length: number;
}

/** A quote that is never closed must not read the rest of a long file into memory. */
const MAX_RECORD_SIGNS = 1 << 25;
const MAX_HEADER_SIGNS = 1 << 22;

/** @throws {MlctlError} kind "data" with the line where the stream is not text, or its header cannot be used */
export async function* csvRows(stream: AsyncIterable<Buffer | string>, options: CsvOptions): AsyncGenerator<RowBatch> {
  const chunks = textChunks(stream, options.name, { carriageReturns: true });
  const { head, ended } = await readHeader(chunks, options.name);
  const form = csvForm(head, options);
  const { columns, lineEnd } = form;
  let line = form.length === 0 ? 1 : 2 + lineBreaks(head.slice(0, form.length).trimEnd());
  let parser: RecordParser | undefined;
  for (let chunk: string | undefined = head.slice(form.length); chunk !== undefined;) {
    const lines = parser === undefined && lineEnd !== undefined ? plainLines(chunk, lineEnd) : undefined;
    if (lines !== undefined) {
      yield { columns, rows: plainRows(lines, line, form) };
      line += lines.length;
    } else {
      parser ??= recordParser(form, line, options.name);
      yield { columns, rows: await parser.rows(chunk) };
    }
    const next: IteratorResult<string> = ended ? { done: true, value: undefined } : await chunks.next();
    chunk = next.done === true ? undefined : next.value;
  }
  if (parser !== undefined) yield { columns, rows: await parser.rest() };
}

/** @param first number of the first line */
function plainRows(lines: readonly string[], first: number, { delimiter, columns }: Form): InputRow[] {
  const width = columns.length;
  const rows: InputRow[] = [];
  for (let i = 0; i < lines.length; i++) {
    const source = lines[i]!;
    if (source === "" && width > 1) continue;
    const values = source.split(delimiter);
    const line = first + i;
    if (values.length !== width) rows.push(ragged(values, line, width));
    else rows.push(delimiter === "," ? { line, values, source } : { line, values });
  }
  return rows;
}

interface RecordParser {
  /** Of the records that end in `chunk`. */
  rows(chunk: string): Promise<InputRow[]>;
  /** What was not ended. */
  rest(): Promise<InputRow[]>;
}

function recordParser({ delimiter, columns, lineEnd, length }: Form, line: number, name: string): RecordParser {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_RECORD_SIGNS,
    ...(lineEnd === undefined ? {} : { record_delimiter: lineEnd }),
  });
  let failure: Error | undefined;
  parser.on("error", (error) => (failure = error));
  const read = (): string[] | null => parser.read() as string[] | null;
  const taken = recordTaker(read, { width: columns.length, line, hasHeader: length === 0 });
  const checked = (rows: InputRow[]): InputRow[] => {
    if (failure !== undefined) throw unparsable(failure, name, taken.line());
    return rows;
  };
  return {
    async rows(chunk) {
      // csv-parse parses within `write`, so its records can be taken at once: an event each would take longer.
      const written = new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
      const rows = taken.rows();
      await written;
      return checked(rows);
    },
    async rest() {
      const closed = new Promise<void>((resolve) => parser.once("end", resolve).once("error", () => resolve()));
      parser.end();
      const rows = taken.rows();
      parser.resume();
      await closed;
      return checked(rows);
    },
  };
}

interface Taking {
  readonly width: number;
  /** Where the first record starts. */
  readonly line: number;
  readonly hasHeader: boolean;
}

/** Takes all records that are ready. */
function recordTaker(
  read: () => string[] | null,
  { width, line: start, hasHeader }: Taking,
): { rows: () => InputRow[]; /** Where the next record starts. */ line: () => number } {
  // Counted here: csv-parse counts a Windows line break in quotes twice.
  let line = start;
  let isHeader = hasHeader;
  const take = (): InputRow[] => {
    const rows: InputRow[] = [];
    for (let record = read(); record !== null; record = read()) {
      // In a file of one column a blank line is a missing value.
      const blank = record.length === 1 && record[0] === "" && width > 1;
      if (!isHeader && !blank)
        rows.push(record.length === width ? { line, values: record } : ragged(record, line, width));
      isHeader = false;
      line += 1;
      for (const value of record) line += lineBreaks(value);
    }
    return rows;
  };
  return { rows: take, line: () => line };
}

function csvForm(head: string, options: CsvOptions): Form {
  const { name } = options;
  if (head.trim() === "") {
    throw new MlctlError("data", `${name} is empty`, { hint: "the first line names the columns" });
  }
  if (/^\s*(\{\s*"|\[\s*\{)/.test(head)) {
    throw new MlctlError("data", `${name}, line 1: this is JSON, not CSV`, {
      hint: "one object a line is read with --input-format jsonl; an array becomes that with `jq -c '.[]'`",
    });
  }
  const end = firstRecordLength(head);
  const header = end < 0 ? head : head.slice(0, end);
  const delimiter = sniffDelimiter(header, name);
  const columns = headerNames(splitRecord(header, delimiter), options);
  const lineEnd = end < 0 ? undefined : (["\n", "\r\n"] as const).find((each) => head.startsWith(each, end));
  return { delimiter, columns, lineEnd, length: lineEnd === undefined ? 0 : end + lineEnd.length };
}

async function readHeader(chunks: AsyncGenerator<string>, name: string): Promise<{ head: string; ended: boolean }> {
  let head = "";
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return { head, ended: true };
    head += next.value;
    const length = firstRecordLength(head);
    if (length >= 0 && length <= MAX_HEADER_SIGNS) return { head, ended: false };
    if (head.length > MAX_HEADER_SIGNS) {
      const problem = length < 0 ? "a quote is not closed" : `the header has ${length} signs, more than are read`;
      throw new MlctlError("data", `${name}, line 1: ${problem}`, { hint: "correct that line" });
    }
  }
}

function headerNames(header: readonly string[], { normalizeNames = false, name }: CsvOptions): string[] {
  const names = header.map((raw, i) => (normalizeNames ? normalizeName(raw) : raw) || `column_${i + 1}`);
  const seen = new Set<string>();
  const twice = names.find((column) => seen.size === seen.add(column).size);
  if (twice !== undefined) {
    throw new MlctlError("data", `${name}, line 1: two columns are called "${twice}"`, { hint: "rename one of them" });
  }
  return names;
}

function ragged(values: readonly string[], line: number, width: number): InputRow {
  return { line, values, problem: `${values.length} values where the header has ${width}` };
}

function lineBreaks(text: string): number {
  return text.includes("\n") ? text.split("\n").length - 1 : 0;
}

function unparsable(error: Error, name: string, line: number): MlctlError {
  const open = "code" in error && ["CSV_QUOTE_NOT_CLOSED", "CSV_MAX_RECORD_SIZE"].includes(String(error.code));
  const reason = open ? "a quote is not closed" : error.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return new MlctlError("data", `${name}, line ${line}: ${reason}`, { hint: "correct that line", cause: error });
}
