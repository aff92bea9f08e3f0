/** Reads rows from a stream, batch by batch, in constant memory: CSV or JSON lines. */
import { MlctlError } from "../../core/errors.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { csvRows } from "../csv/csvRows.ts";
import type { InputRow, RowBatch } from "../rowBatch.ts";
import { textChunks } from "../csv/textChunks.ts";

export interface RowOptions {
  readonly format: "csv" | "jsonl";
  readonly normalizeNames?: boolean;
  /** Most rows of a batch. */
  readonly batchSize?: number;
  /** How errors name the stream: a path, or "stdin". */
  readonly name?: string;
}

const BATCH_SIZE = 2000;

/**
 * The stream is read no faster than the batches are taken. A CSV whose delimiter is not a comma is recognised by its
 * header; blank lines are skipped.
 *
 * @throws {MlctlError} kind "data" with the line where the stream is not text, or its header cannot be used
 */
export async function* readRows(stream: AsyncIterable<Buffer | string>, options: RowOptions): AsyncGenerator<RowBatch> {
  const size = options.batchSize ?? BATCH_SIZE;
  const name = options.name ?? "stdin";
  const batches =
    options.format === "csv"
      ? csvRows(stream, { normalizeNames: options.normalizeNames, name })
      : jsonRows(stream, name);
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
