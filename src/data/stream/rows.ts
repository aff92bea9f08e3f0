/** Reads rows from a CSV or JSON Lines stream, in batches and constant memory. */
import { messageOf, MlctlError } from "../../core/errors.ts";
import { parseExactJson, type Json, type JsonObject } from "../../core/json.ts";
import { csvRows } from "../csv/csvRows.ts";
import { composed } from "../columnNames.ts";
import type { InputRow, RowBatch } from "../rowBatch.ts";
import { textChunks } from "../csv/textChunks.ts";

export interface RowOptions {
  readonly format: "csv" | "jsonl";
  readonly normalizeNames?: boolean;
  /** Maximum number of rows in a batch. */
  readonly batchSize?: number;
  /** How errors name the stream: a path, or "stdin". */
  readonly name?: string;
}

const BATCH_SIZE = 2000;

/**
 * Reads the stream no faster than the batches are consumed. The delimiter of a CSV is detected from its header; blank
 * lines are skipped.
 * @throws {MlctlError} kind "data", with the line, if the stream is not text or its header is invalid
 */
export async function* readRows(stream: AsyncIterable<Buffer | string>, options: RowOptions): AsyncGenerator<RowBatch> {
  const size = options.batchSize ?? BATCH_SIZE;
  const name = options.name ?? "stdin";
  const batches =
    options.format === "csv"
      ? csvRows(stream, { normalizeNames: options.normalizeNames, name })
      : jsonRows(stream, name);
  const kind = options.format === "jsonl" ? { isJson: true } : {};
  let waiting: InputRow[] = [];
  let columns: readonly string[] = [];
  let yielded = 0;
  for await (const batch of batches) {
    refuseInvalidStart(batch, name);
    if (batch.columns.length !== columns.length && waiting.length > 0) {
      yielded += 1;
      yield { columns, rows: waiting, ...kind };
      waiting = [];
    }
    columns = batch.columns;
    for (const row of batch.rows) {
      waiting.push(row);
      if (waiting.length < size) continue;
      yielded += 1;
      yield { columns, rows: waiting, ...kind };
      waiting = [];
    }
  }
  // A header without rows is yielded too, so that its columns can be checked and written.
  if (waiting.length > 0 || (yielded === 0 && columns.length > 0)) yield { columns, rows: waiting, ...kind };
}

/** Throws if the stream does not start with a JSON object: then it is probably not JSON Lines. */
function refuseInvalidStart({ columns, rows: [first] }: RowBatch, name: string): void {
  if (columns.length > 0 || first?.problem === undefined) return;
  const hint =
    "JSON Lines has one object per line: convert an array with `jq -c '.[]'`, read CSV with --input-format csv";
  throw new MlctlError("data", `${name}, line ${first.line}: ${first.problem}`, { hint });
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
    if (position === undefined) positionOf.set(composed(key), (position = positionOf.size));
    values[position] = value;
  }
  return { line, values, source: text.trim() };
}
