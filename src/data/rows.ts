/** Reads rows from a stream, batch by batch, in constant memory: CSV through csv-parse, or JSON lines. */
import { parse } from "csv-parse";
import { MlctlError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { normalizeName } from "./columnNames.ts";
import { firstRecordLength, sniffDelimiter, splitRecord } from "./csvHeader.ts";
import { textChunks } from "./textChunks.ts";

/** One row as it came, with where it came from. */
export interface InputRow {
  /** Where the row starts, counted from 1. */
  readonly line: number;
  /** By position of `RowBatch.columns`; CSV gives texts, JSON what it holds. */
  readonly values: readonly Json[];
  /** Why it cannot be used: too few values, not JSON. The other rows are not affected. */
  readonly problem?: string;
}

export interface RowBatch {
  readonly columns: readonly string[];
  readonly rows: readonly InputRow[];
}

export interface RowOptions {
  readonly format: "csv" | "jsonl";
  readonly normalizeNames?: boolean;
  /** Most rows of a batch. */
  readonly batchSize?: number;
  /** How errors name the stream: a path, or "stdin". */
  readonly name?: string;
}

const BATCH_SIZE = 2000;
/** A quote that is never closed must not read the rest of a long file into memory. */
const MAX_RECORD_SIGNS = 1 << 25;

/**
 * The stream is read no faster than the batches are taken. A CSV whose delimiter is not a comma is recognised by its
 * header; blank lines are skipped.
 *
 * @throws {MlctlError} kind "data" with the line where the stream is not text, or its header cannot be used
 */
export async function* readRows(stream: AsyncIterable<Buffer | string>, options: RowOptions): AsyncGenerator<RowBatch> {
  const size = options.batchSize ?? BATCH_SIZE;
  const name = options.name ?? "stdin";
  const batches = options.format === "csv" ? csvRows(stream, options, name) : jsonRows(stream, name);
  let waiting: InputRow[] = [];
  let columns: readonly string[] = [];
  let given = 0;
  for await (const some of batches) {
    refuseNoObject(some, name);
    if (some.columns.length !== columns.length && waiting.length > 0) {
      given += 1;
      yield { columns, rows: waiting };
      waiting = [];
    }
    columns = some.columns;
    for (const row of some.rows) {
      waiting.push(row);
      if (waiting.length < size) continue;
      given += 1;
      yield { columns, rows: waiting };
      waiting = [];
    }
  }
  // A header alone is given too: its columns can be checked, and written.
  if (waiting.length > 0 || (given === 0 && columns.length > 0)) yield { columns, rows: waiting };
}

/** A stream whose first lines are no objects is something else altogether. */
function refuseNoObject({ columns, rows: [first] }: RowBatch, name: string): void {
  if (columns.length > 0 || first?.problem === undefined) return;
  const hint =
    "JSON lines have one object a line: an array becomes that with `jq -c '.[]'`, CSV is read with --input-format csv";
  throw new MlctlError("data", `${name}, line ${first.line}: ${first.problem}`, { hint });
}

async function* csvRows(
  stream: AsyncIterable<Buffer | string>,
  options: RowOptions,
  name: string,
): AsyncGenerator<RowBatch> {
  const chunks = textChunks(stream, name);
  const { head, ended } = await readHeader(chunks);
  const { delimiter, columns } = csvForm(head, options, name);
  const parser = parse({ delimiter, relax_column_count: true, relax_quotes: true, max_record_size: MAX_RECORD_SIGNS });
  let failure: Error | undefined;
  parser.on("error", (error) => (failure = error));
  const taken = recordTaker(() => parser.read() as string[] | null, columns.length);
  for (let chunk: string | undefined = head; chunk !== undefined;) {
    // csv-parse parses within `write`, so its records can be taken at once: an event each would take longer.
    const written = new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
    const rows = taken.rows();
    await written;
    if (failure !== undefined) throw unparsable(failure, name, taken.line());
    yield { columns, rows };
    const next: IteratorResult<string> = ended ? { done: true, value: undefined } : await chunks.next();
    chunk = next.done === true ? undefined : next.value;
  }
  const closed = new Promise<void>((resolve) => parser.once("end", resolve).once("error", () => resolve()));
  parser.end();
  const rows = taken.rows();
  parser.resume();
  await closed;
  if (failure !== undefined) throw unparsable(failure, name, taken.line());
  yield { columns, rows };
}

/** Takes all records that are ready; the first ever is the header. */
function recordTaker(
  read: () => string[] | null,
  width: number,
): { rows: () => InputRow[]; /** Where the next record starts. */ line: () => number } {
  // Counted here: csv-parse counts a Windows line break in quotes twice.
  let line = 1;
  const take = (): InputRow[] => {
    const rows: InputRow[] = [];
    for (let record = read(); record !== null; record = read()) {
      // In a file of one column a blank line is a missing value.
      const blank = record.length === 1 && record[0] === "" && width > 1;
      if (line > 1 && !blank) rows.push(csvRow(record, line, width));
      line += 1 + lineBreaks(record);
    }
    return rows;
  };
  return { rows: take, line: () => line };
}

function csvForm(head: string, options: RowOptions, name: string): { delimiter: string; columns: string[] } {
  if (head.trim() === "") {
    throw new MlctlError("data", `${name} is empty`, { hint: "the first line names the columns" });
  }
  if (/^\s*(\{\s*"|\[\s*\{)/.test(head)) {
    throw new MlctlError("data", `${name}, line 1: this is JSON, not CSV`, {
      hint: "one object a line is read with --input-format jsonl; an array becomes that with `jq -c '.[]'`",
    });
  }
  const length = firstRecordLength(head);
  const header = length < 0 ? head : head.slice(0, length);
  const delimiter = sniffDelimiter(header);
  return { delimiter, columns: headerNames(splitRecord(header, delimiter), options, name) };
}

async function readHeader(chunks: AsyncGenerator<string>): Promise<{ head: string; ended: boolean }> {
  let head = "";
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return { head, ended: true };
    head += next.value;
    if (firstRecordLength(head) >= 0) return { head, ended: false };
  }
}

function headerNames(header: readonly string[], options: RowOptions, name: string): string[] {
  const names = header.map(
    (raw, i) => (options.normalizeNames === true ? normalizeName(raw) : raw) || `column_${i + 1}`,
  );
  const twice = names.find((column, i) => names.indexOf(column) < i);
  if (twice !== undefined) {
    throw new MlctlError("data", `${name}, line 1: two columns are called "${twice}"`, { hint: "rename one of them" });
  }
  return names;
}

function csvRow(values: readonly string[], line: number, width: number): InputRow {
  if (values.length === width) return { line, values };
  return { line, values, problem: `${values.length} values where the header has ${width}` };
}

function lineBreaks(values: readonly string[]): number {
  let breaks = 0;
  for (const value of values) if (value.includes("\n")) breaks += value.split("\n").length - 1;
  return breaks;
}

function unparsable(error: Error, name: string, line: number): MlctlError {
  const open = "code" in error && ["CSV_QUOTE_NOT_CLOSED", "CSV_MAX_RECORD_SIZE"].includes(String(error.code));
  const reason = open ? "a quote is not closed" : error.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return new MlctlError("data", `${name}, line ${line}: ${reason}`, { hint: "correct that line", cause: error });
}

async function* jsonRows(stream: AsyncIterable<Buffer | string>, name: string): AsyncGenerator<RowBatch> {
  const positionOf = new Map<string, number>();
  let line = 0;
  let rest = "";
  const rowsOf = (lines: readonly string[]): RowBatch => {
    const rows: InputRow[] = [];
    for (const text of lines) {
      line++;
      if (text.trim() !== "") rows.push(jsonRow(text, line, positionOf));
    }
    return { columns: [...positionOf.keys()], rows };
  };
  for await (const chunk of textChunks(stream, name)) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield rowsOf(lines);
  }
  yield rowsOf([rest]);
}

function jsonRow(text: string, line: number, positionOf: Map<string, number>): InputRow {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (error) {
    return { line, values: [text], problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
    return { line, values: [text], problem: "not a JSON object" };
  }
  const values: Json[] = Array.from({ length: positionOf.size }, () => null);
  for (const [key, value] of Object.entries(parsed as JsonObject)) {
    let position = positionOf.get(key);
    if (position === undefined) positionOf.set(key, (position = positionOf.size));
    values[position] = value;
  }
  return { line, values };
}
