/** Loads one input file of any supported format into a table with stored types. */
import { MlctlError } from "../../core/errors.ts";
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { valueFormat } from "../../core/text/valueFormat.ts";
import { columnNames } from "../columnNames.ts";
import {
  castExpression,
  isOwnType,
  kindOf,
  requestedType,
  storedExpression,
  storedType,
} from "../duckdb/columnTypes.ts";
import {
  type Database,
  fileLiteral,
  firstLine,
  identifier,
  isMentioned,
  literal,
  literalList,
} from "../duckdb/duckdb.ts";
import { dateIn, formatIn, isMarker, numberIn } from "../duckdb/formatSql.ts";
import { COLUMNS_PER_QUERY, keepDigits } from "./exactDigits.ts";
import { jsonLinesOf } from "./explainJson.ts";
import { csvLines, wrongCells, type CsvFile, type LinesOf, type WrongCells } from "./inspectCsv.ts";
import type { FoundEncoding } from "../csv/utf8Chunks.ts";
import { holdsText } from "./inspectText.ts";
import { loadCsv } from "./loadCsv.ts";
import { loadJson } from "./loadJson.ts";
import {
  codeFacts,
  freeColumns,
  type LoadedColumn,
  type LoadedFile,
  type ReadOptions,
  UnreadableFile,
} from "../readOptions.ts";
import { textFacts, type Census } from "./textColumns.ts";

export interface Loaded extends LoadedFile {
  readonly csv?: CsvFile;
  /** Of text other than UTF-8. */
  readonly encoding: FoundEncoding | undefined;
  /** Error for the first value of the column that is not of `type`; for conflicts with other files. */
  explain(column: string, type: string): Promise<UnreadableFile>;
}

export async function loadFile(database: Database, path: string, table: string, options: ReadOptions): Promise<Loaded> {
  const { csv, linesOf, encoding } = await loadRaw(database, path, table, options);
  const digits = await keepDigits(database, table, options.types);
  const columns: LoadedColumn[] = [];
  const explain = (column: string, narrow: string): Promise<UnreadableFile> => {
    // Any number or date would do: 2.5 is not what is wrong in a column of integers.
    const type = { number: "DOUBLE", date: "TIMESTAMP", category: narrow }[kindOf(narrow)];
    const mixed = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.text?.mixed;
    const format = mixed?.kind === kindOf(type) ? mixed.format : undefined;
    return firstWrong(database, { table, column, type, format, linesOf, options });
  };
  const rows = Number((await database.rows(`SELECT count(*) FROM ${identifier(table)}`))[0]![0]);
  if (rows === 0) throw new UnreadableFile(csv === undefined ? "the file has no rows" : "the file has only a header");
  const described = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const isTyped = /\.parquet$/i.test(path);
  for (let start = 0; start < described.length; start += COLUMNS_PER_QUERY) {
    const some = described.slice(start, start + COLUMNS_PER_QUERY);
    const known = { table, options, digits, isCsv: csv !== undefined, isTyped };
    columns.push(...(await inspectColumns(database, some, known)));
  }
  for (const { name, type, text } of columns) {
    const isRead = text === undefined || text.formats.length > 0 || text.plain !== undefined;
    if (!isRead && type === "VARCHAR" && isOwn(name, options)) throw await explain(name, typeRequested(name, options)!);
  }
  return { path, table, rows, columns, explain, encoding, ...(csv && { csv, delimiter: csv.ownDelimiter }) };
}

async function loadRaw(
  database: Database,
  path: string,
  table: string,
  options: ReadOptions,
): Promise<{ csv?: CsvFile; linesOf?: LinesOf | undefined; encoding: FoundEncoding | undefined }> {
  const format = /\.(csv|tsv|txt|jsonl|ndjson|json|parquet)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (format === "csv" || format === "tsv" || format === "txt") {
    const csv = await loadCsv(database, path, table, options);
    return { csv, linesOf: csvLines(csv), encoding: csv.text.encoding };
  }
  const raw = `${table}_raw`;
  let encoding: FoundEncoding | undefined;
  let hasName: (name: string) => Promise<boolean>;
  let linesOf: LinesOf | undefined;
  if (format === "parquet") {
    await loadParquet(database, path, raw);
    const schema = `SELECT 1 FROM parquet_schema(${fileLiteral(path)}) WHERE name =`;
    hasName = async (name) => (await database.rows(`${schema} ${literal(name)} LIMIT 1`)).length > 0;
  } else if (format !== undefined) {
    const text = await loadJson(database, path, raw, options);
    encoding = text.encoding;
    hasName = (name) => holdsText(text, JSON.stringify(name));
    if (format !== "json") linesOf = (rows) => jsonLinesOf(text, rows);
  } else throw new UnreadableFile("not a CSV, TSV, JSON, JSON Lines or Parquet file", { hint: "see ingest.pattern" });
  await storeColumns(database, { raw, table, options, linesOf, hasName });
  await database.run(`DROP TABLE ${identifier(raw)}`);
  return { linesOf, encoding };
}

const MAX_DECIMAL_DIGITS = 38;

/** @throws {UnreadableFile} if it is not Parquet, or of a kind that DuckDB does not read */
async function loadParquet(database: Database, path: string, table: string): Promise<void> {
  try {
    const schema = `SELECT name, logical_type, precision, scale FROM parquet_schema(${fileLiteral(path)})`;
    const [tooLong] = await database.rows(`${schema} WHERE precision > ${MAX_DECIMAL_DIGITS} LIMIT 1`);
    // DuckDB would read other numbers, without an error.
    if (tooLong !== undefined) {
      const type = `decimal(${tooLong[2]},${tooLong[3]})`;
      const reason = `column "${tooLong[0]}" is ${type}, but at most ${MAX_DECIMAL_DIGITS} digits can be read`;
      throw new UnreadableFile(reason, { hint: "write it with a smaller precision, or as text" });
    }
    await database.run(`CREATE TABLE ${identifier(table)} AS SELECT * FROM read_parquet(${fileLiteral(path)})`);
  } catch (error) {
    if (error instanceof UnreadableFile || error instanceof MlctlError) throw error;
    const reason = firstLine(error)
      .replace(/^[A-Za-z ]+ Error: /, "")
      .replace(/ ?'[^']*'/, "");
    // A file with a readable footer is Parquet, though of a kind that DuckDB does not read, or damaged further up.
    const hasFooter = await database.rows(`SELECT 1 FROM parquet_schema(${fileLiteral(path)}) LIMIT 1`).then(
      () => true,
      () => false,
    );
    throw new UnreadableFile(`${hasFooter ? "a Parquet file that cannot be read" : "not a Parquet file"}: ${reason}`);
  }
}

/** DuckDB renames the second of the columns "a" and "A" to "A_1". */
async function refuseTwins(header: readonly string[], hasName: (name: string) => Promise<boolean>): Promise<void> {
  for (const name of header) {
    const base = /^(.+)_\d+$/s.exec(name)?.[1];
    const twin = header.find((other) => other.toLowerCase() === base?.toLowerCase());
    if (twin !== undefined && !(await hasName(name))) columnNames([twin, base!], false);
  }
}

interface Storing {
  readonly raw: string;
  readonly table: string;
  readonly options: ReadOptions;
  readonly linesOf: LinesOf | undefined;
  readonly hasName: (name: string) => Promise<boolean>;
}

/** Converts every column of JSON or Parquet to its stored type; the CSV reader does this itself. */
async function storeColumns(database: Database, { raw, table, options, linesOf, hasName }: Storing): Promise<void> {
  const columns = await database.describe(`SELECT * FROM ${identifier(raw)}`);
  const header = columns.map(({ name }) => name);
  await refuseTwins(header, hasName);
  const renamed = columnNames(header, options.normalizeNames ?? false);
  const missing = literalList(["", ...(options.nullValues ?? [])]);
  const expressions: string[] = [];
  for (const [i, column] of columns.entries()) {
    const name = renamed[i]!;
    const stored = storedExpression(column.name, column.type);
    const isText = storedType(column.type) === "VARCHAR";
    let value = isText ? `CASE WHEN list_contains(${missing}, ${stored}) THEN NULL ELSE ${stored} END` : stored;
    const type = isText && isOwn(name, options) ? undefined : typeRequested(name, options);
    if (type !== undefined) {
      const present = `${stored} IS NOT NULL AND NOT list_contains(${missing}, CAST(${stored} AS VARCHAR))`;
      const condition = `${present} AND TRY_CAST(${stored} AS ${type}) IS NULL`;
      const cells = { table: raw, value: stored, condition, column: name, type, linesOf, options };
      const wrong = await wrongCells(database, cells);
      if (wrong !== undefined) throw wrong;
      value = castExpression(value, type, "TRY_CAST");
    }
    expressions.push(`${value} AS ${identifier(name)}`);
  }
  const select = `SELECT ${expressions.join(", ")} FROM ${identifier(raw)}`;
  await database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS ${select}`);
}

async function firstWrong(database: Database, cast: Omit<WrongCells, "value" | "condition">): Promise<UnreadableFile> {
  const value = identifier(cast.column);
  // A cast accepts some strings that were not counted as numbers or dates: if no cast fails, the error is one of these.
  const text = `CAST(${value} AS VARCHAR)`;
  const uncounted = kindOf(cast.type) === "date" ? dateIn(text) : numberIn(text);
  const plain = [`TRY_CAST(${value} AS ${cast.type})`, uncounted];
  for (const wrong of cast.format === undefined ? plain : [formatIn(text, valueFormat(cast.format)!)]) {
    const condition = `${value} IS NOT NULL AND NOT ${isMarker(text)} AND ${wrong} IS NULL`;
    const found = await wrongCells(database, { value, condition, ...cast });
    if (found !== undefined) return found;
  }
  return new UnreadableFile(`column "${cast.column}" has values that are not ${kindOf(cast.type)}s`);
}

interface Inspecting {
  readonly table: string;
  readonly options: ReadOptions;
  /** Whether the file says which columns are text, as Parquet does; otherwise, text may be numbers or dates. */
  readonly isTyped: boolean;
  readonly isCsv: boolean;
  /** Columns that became text because numbers would lose digits, with an example. */
  readonly digits: ReadonlyMap<string, string>;
}

/** What the columns contain. */
async function inspectColumns(
  database: Database,
  some: readonly DatasetColumn[],
  { table, options, digits, isTyped, isCsv }: Inspecting,
): Promise<LoadedColumn[]> {
  const free = freeColumns(options);
  const sql = [...Object.values(options.select ?? {}), options.where ?? ""].join("\n");
  const census = ({ name, type }: DatasetColumn): Census[] => {
    if ((isTyped && !isOwn(name, options)) || digits.has(name)) return [];
    if (typeRequested(name, options) !== undefined)
      return type === "VARCHAR" && isOwn(name, options) ? [{ name, type, requested: options.types![name]! }] : [];
    if (free.has(name) || (type !== "VARCHAR" && type !== "BIGINT")) return [];
    const { formats } = options;
    // An expression was written for the text as it is in the file. A CSV file does not tell text from plain numbers.
    if (isMentioned(name, sql)) return type === "VARCHAR" && isCsv ? [{ name, type, isRaw: true }] : [];
    if (formats === undefined) return [{ name, type }];
    return [{ name, type, format: Object.hasOwn(formats, name) ? formats[name]! : null }];
  };
  const asked = new Map(some.flatMap(census).map((each) => [each.name, each]));
  const facts = await textFacts(database, table, [...asked.values()]);
  const items = some.map(({ name }) => `count(${identifier(name)})`);
  const [counted] = await database.rows(`SELECT ${items.join(", ")} FROM ${identifier(table)}`);
  const columns: LoadedColumn[] = [];
  for (const [i, { name, type }] of some.entries()) {
    const lost = digits.get(name);
    const text = lost === undefined ? facts.get(name) : codeFacts(lost);
    columns.push({ name, type, empty: counted![i] === 0, ...(text && { text }) });
  }
  return columns;
}

function isOwn(name: string, { types = {} }: ReadOptions): boolean {
  return Object.hasOwn(types, name) && isOwnType(types[name]!);
}

function typeRequested(name: string, { types = {} }: ReadOptions): string | undefined {
  // hasOwn because a column may be called "constructor".
  return Object.hasOwn(types, name) ? requestedType(name, types[name]!) : undefined;
}
