/** Loads one JSON or JSON Lines file into a table of the database. */
import { stat } from "node:fs/promises";
import type { Database } from "../duckdb/duckdb.ts";
import { explainJson, explainJsonLines } from "./explainJson.ts";
import { firstBytes, inspectText, withoutMark } from "./inspectText.ts";
import { fileLiteral, identifier, literal } from "../duckdb/sql.ts";
import { firstLine } from "../duckdb/sqlError.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** DuckDB's default limit, raised for larger files. */
const MAX_OBJECT_BYTES = 16 << 20;

/**
 * Reads rows from an array (the document itself, or at the path `records`) or from consecutive objects (JSON Lines).
 * @throws {UnreadableFile} if the file is not JSON or contains no rows
 */
export async function loadJson(
  database: Database,
  path: string,
  table: string,
  records: string | undefined,
): Promise<void> {
  const text = await inspectText(path, database.folder);
  const lines = /\.(jsonl|ndjson)(\.gz)?$/i.test(path);
  const beginning = text.gzip ? text.header : withoutMark((await firstBytes(text.path, 4096)).toString());
  const array = !lines && beginning.trimStart().startsWith("[");
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
  // DuckDB reads an array that is cut off between two rows as a shorter array.
  if (array && text.lastChar !== "]")
    throw (await explainJson(text)) ?? new UnreadableFile("not JSON: the array is cut off");
  if (!lines && !array && records === undefined) await refuseSingleObject(database, table);
}

function nested(reader: string, records: string): string {
  const path = records.split(".").map(identifier).join(".");
  return `SELECT unnest(record) FROM (SELECT unnest(${path}) AS record FROM ${reader})`;
}

function explained(error: unknown, records: string | undefined): UnreadableFile {
  const message = firstLine(error);
  if (message.startsWith("Binder Error") && records !== undefined) {
    return new UnreadableFile(`no array of objects at "${records}"`, { hint: "correct ingest.records" });
  }
  if (message.includes("expected records"))
    return new UnreadableFile("the file has no rows: each row must be an object");
  const detail = /Malformed JSON in file "[^"]*"(.*)/.exec(message)?.[1] ?? /Error: (.*)/.exec(message)?.[1] ?? message;
  // DuckDB's byte and line numbers differ from those of an editor.
  const reason = detail.replace(/^, at byte \d+ in (record\/value|line) \d+: /, "");
  return new UnreadableFile(`not JSON: ${reason.trim().replace(/\.$/, "")}`);
}

/** Rejects a document like {"updated": …, "rounds": […]}, which would become one row of lists. */
async function refuseSingleObject(database: Database, table: string): Promise<void> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const arrays = columns.filter((column) => column.type.startsWith("STRUCT(") && column.type.endsWith("[]"));
  const count = await database.rows(`SELECT count(*) FROM ${identifier(table)}`);
  if (arrays.length === 0 || count[0]![0] !== 1) return;
  const names = arrays.map((column) => `"${column.name}"`).join(", ");
  throw new UnreadableFile("the file is one object, not an array of rows", {
    hint: `set ingest.records to the array that contains the rows: ${names}`,
  });
}
