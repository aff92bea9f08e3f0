/** Reads rows from a CSV or JSON Lines stream, in batches and constant memory. */
import { messageOf, MlctlError } from "../../core/errors.ts";
import { parseExactJson, type Json, type JsonObject } from "../../core/json.ts";
import { columnNames, composed } from "../columnNames.ts";
import { atLine } from "../../core/text/format.ts";
import { csvRecords, type CsvHead } from "../csv/csvHead.ts";
import { csvNotes, encodingNotes } from "../csv/csvNotes.ts";
import { longLine, MAX_RECORD_LENGTH } from "../csv/csvTokenizer.ts";
import type { InputRow, RowBatch } from "../rowBatch.ts";
import { UnreadableFile, type CsvSettings } from "../readOptions.ts";
import { utf8Chunks, type FoundEncoding } from "../csv/utf8Chunks.ts";

export interface RowOptions {
  readonly format: "csv" | "jsonl";
  readonly normalizeNames?: boolean;
  readonly csv?: CsvSettings;
  /** Maximum number of rows in a batch. */
  readonly batchSize?: number;
  readonly name?: string;
  /** Called at the end of the stream with what was guessed, changed or left out. */
  readonly onNote?: ((message: string) => void) | undefined;
}

const BATCH_SIZE = 2000;

/**
 * Reads the stream no faster than the batches are consumed; empty pieces of a CSV mark pauses, before which the rows that
 * have arrived are yielded. The delimiter of a CSV is detected from its header; blank
 * lines are skipped.
 * @throws {MlctlError} kind "data", with the line, if the stream is not text or its header is invalid
 */
export async function* readRows(stream: AsyncIterable<Buffer | string>, options: RowOptions): AsyncGenerator<RowBatch> {
  const size = options.batchSize ?? BATCH_SIZE;
  const name = options.name ?? "stdin";
  const batches = options.format === "csv" ? csvRows(stream, name, options) : jsonRows(stream, name, options);
  const kind = options.format === "jsonl" ? { isJson: true } : {};
  let waiting: InputRow[] = [];
  let columns: readonly string[] = [];
  let isFirst = true;
  const taken = (): RowBatch => {
    const rows = waiting;
    [waiting, isFirst] = [[], false];
    return { columns, rows, ...kind };
  };
  for await (const batch of batches) {
    refuseInvalidStart(batch, name);
    if ((batch.columns.length !== columns.length || batch.rows.length === 0) && waiting.length > 0) yield taken();
    columns = batch.columns;
    for (const row of batch.rows) {
      waiting.push(row);
      if (waiting.length >= size) yield taken();
    }
  }
  // A header without rows is yielded too, so that its columns can be checked and written.
  if (waiting.length > 0 || (isFirst && columns.length > 0)) yield taken();
}

/** Throws if the stream does not start with a JSON object: then it is probably not JSON Lines. */
function refuseInvalidStart({ columns, rows: [first] }: RowBatch, name: string): void {
  if (columns.length > 0 || first?.problem === undefined) return;
  const hint =
    "JSON Lines has one object per line: convert an array with `jq -c '.[]'`, read CSV with --input-format csv";
  throw new MlctlError("data", `${name}, line ${first.line}: ${first.problem}`, { hint });
}

async function* csvRows(
  stream: AsyncIterable<Buffer | string>,
  name: string,
  { csv = {}, normalizeNames = false, onNote = () => {} }: RowOptions,
): AsyncGenerator<RowBatch> {
  let encoding: FoundEncoding | undefined;
  let head: CsvHead | undefined;
  let columns: readonly string[] = [];
  const onEncoding = (found: FoundEncoding): void => void (encoding = found);
  const onHead = (found: CsvHead): void => {
    head = found;
    columns = columnNames(found.names, normalizeNames, found.line);
  };
  try {
    const chunks = utf8Chunks(stream, { encoding: csv.encoding, onEncoding });
    for await (const rows of csvRecords(chunks, name, csv, onHead)) yield { columns, rows };
  } catch (error) {
    throw asDataError(error, name);
  }
  const flaws = csvNotes([{ head: head!, name, columns, flaws: head!.tokenizer.flaws }]);
  for (const note of [...encodingNotes([{ name, encoding }]), ...flaws]) onNote(note);
}

/** Names the stream in an error of its content. */
function asDataError(error: unknown, name: string): unknown {
  if (!(error instanceof UnreadableFile)) return error;
  const message = error.message.replace(/^the file is /, "");
  const isState = message !== error.message;
  return new MlctlError("data", isState ? `${name} is ${message}` : atLine(name, error.line, message), {
    hint: error.hint ?? (isState ? "the first line must name the columns" : "correct this line"),
    cause: error,
  });
}

async function* jsonRows(
  stream: AsyncIterable<Buffer | string>,
  name: string,
  { csv = {}, onNote = () => {} }: RowOptions,
): AsyncGenerator<RowBatch> {
  let encoding: FoundEncoding | undefined;
  const onEncoding = (found: FoundEncoding): void => void (encoding = found);
  const positionOf = new Map<string, number>();
  let line = 0;
  const rowsOf = (lines: readonly string[]): RowBatch => {
    const rows: InputRow[] = [];
    for (const text of lines) {
      line++;
      if (text.trim() !== "") rows.push(jsonRow(text.replace(/^\ufeff/, ""), line, positionOf));
    }
    return { columns: [...positionOf.keys()], rows };
  };
  let rest: string[] = [];
  let length = 0;
  try {
    for await (const chunk of utf8Chunks(stream, { encoding: csv.encoding, onEncoding })) {
      const text = chunk.toString();
      length += text.length;
      if (!text.includes("\n")) {
        rest.push(text);
        if (length > MAX_RECORD_LENGTH) throw longLine(line + 1);
        continue;
      }
      const lines = [...rest, text].join("").split("\n");
      rest = [lines.pop()!];
      length = rest[0]!.length;
      yield rowsOf(lines);
    }
  } catch (error) {
    throw asDataError(error, name);
  }
  yield rowsOf([rest.join("")]);
  for (const note of encodingNotes([{ name, encoding }])) onNote(note);
}

function jsonRow(text: string, line: number, positionOf: Map<string, number>): InputRow {
  let parsed: Json;
  try {
    parsed = parseExactJson(text) as Json;
  } catch (error) {
    return { line, values: [text], problem: `not JSON: ${messageOf(error)}` };
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
    return { line, values: [text], problem: "not a JSON object" };
  }
  const values: Json[] = Array.from({ length: positionOf.size }, () => null);
  for (const [key, value] of Object.entries(parsed as JsonObject)) {
    let position = positionOf.get(key) ?? positionOf.get(composed(key));
    if (position === undefined) {
      const column = composed(key);
      const twin = [...positionOf.keys()].find((known) => known.toLowerCase() === column.toLowerCase());
      if (twin !== undefined)
        return { line, values: [text], problem: `columns "${twin}" and "${key}" differ only in letter case` };
      positionOf.set(column, (position = positionOf.size));
    }
    values[position] = value;
  }
  return { line, values, source: text.trim() };
}
