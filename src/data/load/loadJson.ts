/** Loads one JSON or JSON lines file into a table of the database. */
import { open, stat } from "node:fs/promises";
import type { Database } from "../duckdb/duckdb.ts";
import { explainJson, explainJsonLines } from "./explainJson.ts";
import { inspectText } from "./inspectText.ts";
import { fileLiteral, identifier, literal } from "../duckdb/sql.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** DuckDB's own limit, which smaller files need not raise. */
const MAX_OBJECT_BYTES = 16 << 20;

/**
 * The array may be the document itself or lie at the path `records`; objects one after another (JSON lines) do too.
 *
 * @throws {UnreadableFile} if it is not JSON, or not rows
 */
export async function loadJson(
  database: Database,
  path: string,
  table: string,
  records: string | undefined,
): Promise<void> {
  const text = await inspectText(path, database.folder);
  const lines = /\.(jsonl|ndjson)(\.gz)?$/i.test(path);
  const array = !lines && (text.gzip ? text.header : await beginning(text.path)).trimStart().startsWith("[");
  const format = lines ? "newline_delimited" : array ? "array" : "unstructured";
  const bytes = (await stat(text.path)).size;
  const reader = `read_json(${fileLiteral(text.path)}, format = ${literal(format)}, records = ${records === undefined || lines || array ? "true" : "'auto'"}, compression = ${text.gzip ? "'gzip'" : "'uncompressed'"}, sample_size = -1, map_inference_threshold = -1, maximum_object_size = ${Math.max(MAX_OBJECT_BYTES, bytes + 1)})`;
  const rows = records === undefined || lines || array ? `SELECT * FROM ${reader}` : nested(reader, records);
  try {
    await database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS ${rows}`);
  } catch (error) {
    const found = lines ? await explainJsonLines(text) : array ? await explainJson(text) : undefined;
    throw found ?? explained(error, records);
  }
  // DuckDB takes an array that was cut off between two rows for a shorter one.
  if (array && text.last !== "]")
    throw (await explainJson(text)) ?? new UnreadableFile("not JSON: the array is cut off");
  if (!lines && !array && records === undefined) await refuseSingleObject(database, table);
}

/** The first signs, byte order mark taken off. */
async function beginning(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer
      .subarray(0, bytesRead)
      .toString()
      .replace(/^\ufeff/, "");
  } finally {
    await file.close();
  }
}

function nested(reader: string, records: string): string {
  const path = records.split(".").map(identifier).join(".");
  return `SELECT unnest(record) FROM (SELECT unnest(${path}) AS record FROM ${reader})`;
}

function explained(error: unknown, records: string | undefined): UnreadableFile {
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  if (message.startsWith("Binder Error") && records !== undefined) {
    return new UnreadableFile(`no array of objects lies at "${records}"`, { hint: "correct ingest.records" });
  }
  if (message.includes("expected records")) return new UnreadableFile("the file holds no rows: objects are rows");
  const detail = /Malformed JSON in file "[^"]*"(.*)/.exec(message)?.[1] ?? /Error: (.*)/.exec(message)?.[1] ?? message;
  // Where DuckDB counts from is not where an editor does.
  const reason = detail.replace(/^, at byte \d+ in (record\/value|line) \d+: /, "");
  return new UnreadableFile(`not JSON: ${reason.trim().replace(/\.$/, "")}`);
}

/** A feed like {"updated": …, "rounds": […]} would become one row of lists. */
async function refuseSingleObject(database: Database, table: string): Promise<void> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const arrays = columns.filter((column) => column.type.startsWith("STRUCT(") && column.type.endsWith("[]"));
  const count = await database.rows(`SELECT count(*) FROM ${identifier(table)}`);
  if (arrays.length === 0 || count[0]![0] !== 1) return;
  const names = arrays.map((column) => `"${column.name}"`).join(", ");
  throw new UnreadableFile("the file is one object, not an array of rows", {
    hint: `set ingest.records to the array in it: ${names}`,
  });
}
