/** Loads one JSON or JSON Lines file into a table of the database. */
import { stat } from "node:fs/promises";
import { MlctlError } from "../../core/errors.ts";
import { numberFormat } from "../../core/text/valueFormat.ts";
import { type Database, fileLiteral, firstLine, identifier, literal, literalStruct } from "../duckdb/duckdb.ts";
import { codeIn } from "../duckdb/formatSql.ts";
import { columnsWhere, dateWords, largeDoubles } from "./exactDigits.ts";
import { explainJson } from "./explainJson.ts";
import { inspectText, textOf, writeCopy, type TextFile } from "./inspectText.ts";
import { refuseForeign } from "../csv/csvDialect.ts";
import { type ReadOptions, UnreadableFile } from "../readOptions.ts";

/** DuckDB's default limit, raised for larger files. */
const MAX_OBJECT_BYTES = 16 << 20;
/** DuckDB takes minutes to find the types of an object of this number of characters. */
const LONG_LINE = 1 << 20;
/** What pandas' to_json writes without orient: the values of a column by row number, or the rows by their number. */
const OBJECT_OF_OBJECTS = /^\{\s*"(\d+"\s*:\s*\{|[^"]*"\s*:\s*\{\s*"\d+"\s*:)/;

/**
 * Reads rows from an array (the document itself, or at the path `records`) or from consecutive objects (JSON Lines).
 * @returns the text that was read
 * @throws {UnreadableFile} if the file is not JSON or contains no rows
 */
export async function loadJson(
  database: Database,
  path: string,
  table: string,
  { records, csv = {}, formats = {} }: ReadOptions,
): Promise<TextFile> {
  const { text, beginning, lastChar } = await inspectJson(path, database.folder, csv.encoding);
  const lines = /\.(jsonl|ndjson)(\.gz)?$/i.test(path);
  const array = !lines && beginning.startsWith("[");
  const format = lines ? "newline_delimited" : array ? "array" : "unstructured";
  const bytes = (await stat(text.path)).size;
  const isRows = lines || array || records === undefined;
  const isLongLine = beginning.length >= LONG_LINE && !beginning.slice(0, LONG_LINE).includes("\n");
  if (isRows && !array && isLongLine && OBJECT_OF_OBJECTS.test(beginning.slice(0, 4096))) throw ofPandas();
  const options = `${fileLiteral(text.path)}, format = ${literal(format)}, records = ${isRows ? "true" : "'auto'"}, compression = ${text.gzip ? "'gzip'" : "'uncompressed'"}, sample_size = -1, map_inference_threshold = -1, maximum_object_size = ${Math.max(MAX_OBJECT_BYTES, bytes + 1)}`;
  const reader = `read_json(${options})`;
  const rows = isRows ? `SELECT * FROM ${reader}` : nested(reader, records);
  try {
    await database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS ${rows}`);
  } catch (error) {
    if (error instanceof MlctlError) throw error;
    const found = lines || array ? await explainJson(text, lines) : undefined;
    throw found ?? explained(error, records, /^\[\s*\[/.test(beginning));
  }
  // DuckDB reads an array that is cut off between two rows as a shorter array.
  if (array && lastChar !== "]")
    throw (await explainJson(text, false)) ?? new UnreadableFile("not JSON: the array is cut off");
  if (!lines && !array && records === undefined) await refuseSingleObject(database, table);
  if (isRows) await keepJsonText(database, { table, options, formats });
  return text;
}

/**
 * Reads a column again as text if DOUBLE, the type of integers beyond 64 bits and of mixed numbers, lost digits, or if
 * words such as "infinity" became dates. Where a model reads 1.234,5, a JSON number is written so too.
 * @param options of read_json
 */
async function keepJsonText(
  database: Database,
  { table, options, formats }: { readonly table: string; readonly options: string; readonly formats: Formats },
): Promise<void> {
  const words = await dateWords(database, table, (names) => {
    const asText = literalStruct(names.map((name) => [name, "VARCHAR"] as const));
    return `read_json(${options}, columns = ${asText})`;
  });
  const large = await largeDoubles(database, table);
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const commas = columns.flatMap(({ name, type }) =>
    numberFormat(formats[name] ?? "")?.decimal === "," && type !== "DOUBLE" && type !== "BIGINT" ? [name] : [],
  );
  if (large.length + words.length + commas.length === 0) return;
  const types = columns.map(({ name, type }) => {
    const asText = large.includes(name) || words.includes(name);
    return [name, commas.includes(name) ? "JSON" : asText ? "VARCHAR" : type] as const;
  });
  const written = commas.map((name) => {
    const value = identifier(name);
    const isNumber = `json_type(${value}) IN ('DOUBLE', 'BIGINT', 'UBIGINT')`;
    return `CASE WHEN ${isNumber} THEN replace(CAST(${value} AS VARCHAR), '.', ',') ELSE ${value}->>'$' END AS ${value}`;
  });
  const replaced = written.length === 0 ? "" : ` REPLACE (${written.join(", ")})`;
  await database.run(
    `CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT *${replaced} FROM read_json(${options}, columns = ${literalStruct(types)})`,
  );
  const reread = large.map((name) => ({ name }));
  for (const name of await columnsWhere(database, identifier(table), reread, (text) => `count(${codeIn(text)}) = 0`))
    await database.run(`ALTER TABLE ${identifier(table)} ALTER ${identifier(name)} TYPE DOUBLE`);
}

type Formats = NonNullable<ReadOptions["formats"]>;

/** Copies text into `folder` that DuckDB cannot read: another encoding than UTF-8, byte order marks. */
async function inspectJson(path: string, folder: string, encoding: string | undefined) {
  // Without white space: at least LONG_LINE characters if there are that many, and the last one.
  let beginning = "";
  let lastChar = "";
  let hasMark = false;
  const text = await inspectText(path, encoding, (chunk) => {
    if (beginning.length < LONG_LINE) beginning = (beginning + chunk.toString()).trimStart();
    hasMark ||= chunk.includes("\ufeff");
    lastChar = lastCharOf(chunk) ?? lastChar;
  });
  if (beginning === "") throw new UnreadableFile("the file is empty");
  refuseForeign(beginning, "JSON");
  if (text.encoding === undefined && !text.isMarked && !text.isPadded && !hasMark) return { text, beginning, lastChar };
  const copy = await writeCopy(path, folder, withoutMarks(textOf(text, { encoding })));
  return { text: { ...text, path: copy, gzip: false }, beginning, lastChar };
}

/** Text without byte order marks at the start of lines, as in files that were concatenated. */
async function* withoutMarks(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let before = "\n";
  for await (const chunk of chunks) {
    const text = before + chunk.toString();
    before = text.at(-1)!;
    yield text.replaceAll(/(?<=\n)\ufeff/g, "").slice(1);
  }
}

function lastCharOf(chunk: Buffer): string | undefined {
  // Codes up to 32 are white space and control characters.
  for (let at = chunk.length - 1; at >= 0; at--) if (chunk[at]! > 32) return String.fromCharCode(chunk[at]!);
  return undefined;
}

function nested(reader: string, records: string): string {
  const path = records.split(".").map(identifier).join(".");
  return `SELECT unnest(record) FROM (SELECT unnest(${path}) AS record FROM ${reader})`;
}

function explained(error: unknown, records: string | undefined, isListOfLists: boolean): UnreadableFile {
  const message = firstLine(error);
  if (message.startsWith("Binder Error") && records !== undefined) {
    return new UnreadableFile(`no array of objects at "${records}"`, { hint: "correct ingest.records" });
  }
  if (message.includes("expected records"))
    return new UnreadableFile("the file has no rows: each row must be an object", {
      hint: isListOfLists ? `pandas writes objects with ${PANDAS_RECORDS}` : undefined,
    });
  const detail = /Malformed JSON in file "[^"]*"(.*)/.exec(message)?.[1] ?? /Error: (.*)/.exec(message)?.[1] ?? message;
  // DuckDB's byte and line numbers differ from those of an editor.
  const reason = detail.replace(/^, at byte \d+ in (record\/value|line) \d+: /, "");
  return new UnreadableFile(`not JSON: ${reason.trim().replace(/\.$/, "")}`);
}

/** About the forms of pandas' to_json that are not a list of rows. */
function ofPandas(): UnreadableFile {
  const reason = "the file is one object, not rows, as pandas' to_json writes it without orient";
  return new UnreadableFile(reason, { hint: `write it with ${PANDAS_RECORDS}` });
}

const PANDAS_RECORDS = 'to_json(path, orient="records", lines=True)';

/** Rejects a document like {"updated": …, "rounds": […]}, which would become one row of lists. */
async function refuseSingleObject(database: Database, table: string): Promise<void> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const names = new Set(columns.map((column) => column.name));
  const isStruct = columns.every(({ type }) => type.startsWith("STRUCT(") && type.endsWith(")"));
  const isSplit = ["columns", "index", "data"].every((name) => names.has(name));
  const isTable = names.has("data") && columns.some(({ type }) => type.includes("pandas_version"));
  const count = await database.rows(`SELECT count(*) FROM ${identifier(table)}`);
  if (count[0]![0] !== 1) return;
  const arrays = columns.flatMap(({ name, type }) => {
    if (!type.startsWith("STRUCT(")) return [];
    if (type.endsWith("[]")) return [name];
    // {"data": {"items": [{…}]}}
    const inner = /^STRUCT\((?:.*, )?"?(\w+)"? STRUCT\(.*\)\[\]/.exec(type)?.[1];
    return inner === undefined ? [] : [`${name}.${inner}`];
  });
  if (!isTable && arrays.length > 0)
    throw new UnreadableFile("the file is one object, not an array of rows", {
      hint: `set ingest.records to the array that contains the rows: ${arrays.map((path) => `"${path}"`).join(", ")}`,
    });
  if (isStruct || isSplit || isTable) throw ofPandas();
}
