/** Names a file that came from elsewhere by what it contains: an address need not say. */
import { closeSync, openSync, readSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";

const TABLE = /\.(csv|tsv|txt|json|jsonl|ndjson|parquet)(\.gz)?$/i;
const HEAD_BYTES = 65_536;

/**
 * @param name the last part of an address or a key; its ending stays where it fits the content
 * @returns a safe name that ends with .csv, .json, .jsonl, .parquet or the like, and .gz
 */
export function tableName(name: string, path: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._ -]+/gu, "_").replace(/^\.+/, "") || "download";
  const { content, isGzip } = headOf(path);
  const found = formatOf(content);
  const given = TABLE.exec(safe)?.[1];
  const format = given !== undefined && family(given) === family(found) ? given : found;
  return `${safe.replace(TABLE, "").replace(/\.gz$/i, "")}.${format}${isGzip ? ".gz" : ""}`;
}

/** @throws {MlctlError} kind "failure" where the content is empty or a web page, as that of an error is */
export function requireTable(path: string, shown: string): void {
  const content = headOf(path).content.trimStart();
  const hint = "look at what it sends; what came before is kept";
  if (content === "") throw new MlctlError("failure", `${shown} sent nothing`, { hint });
  if (/^<(!doctype|html|\?xml)/i.test(content))
    throw new MlctlError("failure", `${shown} sent a web page or XML in place of rows`, { hint });
}

function headOf(path: string): { content: string; isGzip: boolean } {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, "r");
  try {
    const bytes = head.subarray(0, readSync(file, head));
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return { content: new TextDecoder().decode(isGzip ? unzipped(bytes) : bytes), isGzip };
  } finally {
    closeSync(file);
  }
}

/** As far as the beginning of a file reaches; a damaged one is found when its rows are read. */
function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return bytes;
  }
}

function formatOf(content: string): "csv" | "json" | "jsonl" | "parquet" {
  if (content.startsWith("PAR1")) return "parquet";
  const text = content.trimStart();
  // Columns may be named [id], as in SQL Server.
  if (/^\[\s*[[{\]]/.test(text)) return "json";
  if (!/^\{\s*["}]/.test(text)) return "csv";
  const end = text.indexOf("\n");
  return end > 0 && parseJson(text.slice(0, end)) !== undefined && text.slice(end).trimStart() !== ""
    ? "jsonl"
    : "json";
}

function family(format: string): string {
  return /json/i.test(format) ? "json" : /parquet/i.test(format) ? "parquet" : "text";
}
