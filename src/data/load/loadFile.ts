/** Loads one input file of any supported format into a table with stored types. */
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { countValues, COUNTS, dateIn, earlyYear, numberIn } from "../files/countValues.ts";
import { columnNames } from "../columnNames.ts";
import { castExpression, kindOf, requestedType, storedExpression, storedType } from "../duckdb/columnTypes.ts";
import { dayMonthDates } from "../files/dayMonthDates.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { wrongCells } from "./explainCsv.ts";
import type { CsvFile } from "./inspectCsv.ts";
import { holdsText } from "./inspectText.ts";
import { loadCsv } from "./loadCsv.ts";
import { loadJson } from "./loadJson.ts";
import type { LoadedColumn, LoadedFile, ReadOptions } from "../readOptions.ts";
import { fileLiteral, identifier, literal, literalList } from "../duckdb/sql.ts";
import { firstLine } from "../duckdb/sqlError.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** Columns per query: one query over 10,000 columns is slower than many small ones. */
const COLUMNS_PER_QUERY = 500;
/** If a larger share of the values are numbers (or dates), any other value is an error, not a category. */
const MAJORITY = 0.5;

/** A loaded file. */
export interface Loaded extends LoadedFile {
  /** Whether the table already has the types in `columns`; otherwise they have to be cast. */
  readonly settled: boolean;
  /** How it was read, if it is CSV. */
  readonly csv?: CsvFile;
  /** Error for the first value of the column that is not of `type`; for conflicts with other files. */
  explain(column: string, type: string): Promise<UnreadableFile>;
}

/** @throws {UnreadableFile} */
export async function loadFile(database: Database, path: string, table: string, options: ReadOptions): Promise<Loaded> {
  const csv = await loadRaw(database, path, table, options);
  const explain = (column: string, type: string): Promise<UnreadableFile> =>
    firstWrong(database, { table, column, type, csv });
  const rows = Number((await database.rows(`SELECT count(*) FROM ${identifier(table)}`))[0]![0]);
  if (rows === 0) throw new UnreadableFile(csv === undefined ? "the file has no rows" : "the file has only a header");
  const described = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const columns: LoadedColumn[] = [];
  for (let start = 0; start < described.length; start += COLUMNS_PER_QUERY) {
    const some = described.slice(start, start + COLUMNS_PER_QUERY);
    columns.push(...(await settleTypes(database, { table, some, options, explain, csv: csv !== undefined })));
  }
  const settled = columns.every((column, i) => column.type === described[i]!.type);
  return { path, table, rows, columns, settled, explain, ...(csv === undefined ? {} : { csv }) };
}

async function loadRaw(
  database: Database,
  path: string,
  table: string,
  options: ReadOptions,
): Promise<CsvFile | undefined> {
  const format = /\.(csv|tsv|txt|jsonl|ndjson|json|parquet)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (format === "csv" || format === "tsv" || format === "txt") {
    const csv = await loadCsv(database, path, table, options);
    await storeColumns(database, { table, into: table, options, renamed: csv.columns, csv });
    return csv;
  }
  const raw = `${table}_raw`;
  let hasName: (name: string) => Promise<boolean>;
  if (format === "parquet") {
    await loadParquet(database, path, raw);
    hasName = (name) => parquetHasName(database, path, name);
  } else if (format !== undefined) {
    const text = await loadJson(database, path, raw, options);
    hasName = (name) => holdsText(text, JSON.stringify(name));
  } else throw new UnreadableFile("not a CSV, TSV, JSON, JSON Lines or Parquet file", { hint: "see ingest.pattern" });
  const header = (await database.describe(`SELECT * FROM ${identifier(raw)}`)).map((column) => column.name);
  await refuseTwins(header, hasName);
  const renamed = columnNames(header, options.normalizeNames ?? false);
  await storeColumns(database, { table: raw, into: table, options, renamed });
  await database.run(`DROP TABLE ${identifier(raw)}`);
  return undefined;
}

/** DuckDB renames the second of the columns "a" and "A" to "A_1". */
async function refuseTwins(header: readonly string[], hasName: (name: string) => Promise<boolean>): Promise<void> {
  for (const name of header) {
    const base = /^(.+)_\d+$/s.exec(name)?.[1];
    const twin = header.find((other) => other.toLowerCase() === base?.toLowerCase());
    if (twin !== undefined && !(await hasName(name))) columnNames([twin, base!], false);
  }
}

async function parquetHasName(database: Database, path: string, name: string): Promise<boolean> {
  const schema = `SELECT 1 FROM parquet_schema(${fileLiteral(path)}) WHERE name = ${literal(name)} LIMIT 1`;
  return (await database.rows(schema)).length > 0;
}

async function loadParquet(database: Database, path: string, table: string): Promise<void> {
  try {
    await database.run(`CREATE TABLE ${identifier(table)} AS SELECT * FROM read_parquet(${fileLiteral(path)})`);
  } catch (error) {
    const reason = firstLine(error)
      .replace(/^[A-Za-z ]+ Error: /, "")
      .replace(/ ?'[^']*'/, "");
    throw new UnreadableFile(`not a Parquet file: ${reason}`);
  }
}

interface Storing {
  readonly table: string;
  readonly into: string;
  readonly options: ReadOptions;
  readonly renamed: readonly string[];
  readonly csv?: CsvFile;
}

/** Converts every column to its stored type; the CSV reader has handled names, missing values and most types already. */
async function storeColumns(database: Database, storing: Storing): Promise<void> {
  const { table, into, options, renamed, csv } = storing;
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const isStored = ({ name, type }: DatasetColumn): boolean => storedType(type) === type || csv!.fixedTypes.has(name);
  if (csv !== undefined && columns.every(isStored)) return;
  const missing = literalList(options.nullValues ?? [""]);
  const expressions = columns.map((column, i) => {
    const name = renamed[i]!;
    if (csv?.fixedTypes.has(name)) return identifier(name);
    const stored = storedExpression(column.name, column.type);
    const isText = storedType(column.type) === "VARCHAR" && csv === undefined;
    const kept = isText ? `CASE WHEN list_contains(${missing}, ${stored}) THEN NULL ELSE ${stored} END` : stored;
    const requested = typeRequested(name, options);
    const value = requested === undefined ? kept : castExpression(kept, requested, "TRY_CAST");
    return `${value} AS ${identifier(name)}`;
  });
  for (const [i, column] of columns.entries()) {
    const type = typeRequested(renamed[i]!, options);
    if (csv !== undefined || type === undefined) continue;
    const value = storedExpression(column.name, column.type);
    const present = `${value} IS NOT NULL AND NOT list_contains(${missing}, CAST(${value} AS VARCHAR))`;
    const condition = `${present} AND TRY_CAST(${value} AS ${type}) IS NULL`;
    const wrong = await wrongCells(database, { table, value, condition, column: renamed[i]!, type });
    if (wrong !== undefined) throw wrong;
  }
  await database.run(
    `CREATE OR REPLACE TABLE ${identifier(into)} AS SELECT ${expressions.join(", ")} FROM ${identifier(table)}`,
  );
}

async function firstWrong(
  database: Database,
  cast: { table: string; column: string; type: string; csv: CsvFile | undefined },
): Promise<UnreadableFile> {
  const value = identifier(cast.column);
  // A cast accepts some strings that were not counted as numbers or dates: if no cast fails, the error is one of these.
  const text = `CAST(${value} AS VARCHAR)`;
  const uncounted = kindOf(cast.type) === "date" ? dateIn(text) : numberIn(text);
  for (const wrong of [`TRY_CAST(${value} AS ${cast.type})`, uncounted]) {
    const condition = `${value} IS NOT NULL AND ${wrong} IS NULL`;
    const found = await wrongCells(database, { value, condition, ...cast });
    if (found !== undefined) return found;
  }
  return new UnreadableFile(`column "${cast.column}" has values that are not ${kindOf(cast.type)}s`);
}

interface Settling {
  readonly table: string;
  readonly some: readonly { readonly name: string; readonly type: string }[];
  readonly options: ReadOptions;
  readonly csv: boolean;
  readonly explain: (column: string, type: string) => Promise<UnreadableFile>;
}

/** Determines column types by counting values; rejects other values in a column of numbers or dates. */
async function settleTypes(database: Database, settling: Settling): Promise<LoadedColumn[]> {
  const { table, some, options, csv } = settling;
  const free = new Set([...(options.textColumns ?? []), ...Object.keys(options.types ?? {})]);
  const requestedDateIn = (name: string): string | undefined => (csv ? requestedDate(name, options) : undefined);
  const counts = some.map(({ name, type }) => {
    const isCounted = csv && type === "VARCHAR" && (!free.has(name) || requestedDateIn(name) !== undefined);
    const early = csv && type === "DATE" && !free.has(name) ? earlyYear(identifier(name)) : "NULL";
    return isCounted ? countValues(identifier(name)) : `count(${identifier(name)}), 0, 0, 0, ${early}, 0`;
  });
  const row = (await database.rows(`SELECT ${counts.join(", ")} FROM ${identifier(table)}`))[0]!;
  const settled: LoadedColumn[] = [];
  for (const [i, { name, type }] of some.entries()) {
    const [present = 0, numbers = 0, dates = 0, commas = 0] = row.slice(COUNTS * i, COUNTS * i + 4).map(Number);
    const requested = requestedDateIn(name);
    if (requested !== undefined && dates < present) throw await settling.explain(name, requested);
    const found =
      requested ?? (numbers > MAJORITY * present ? "DOUBLE" : dates > MAJORITY * present ? "TIMESTAMP" : type);
    if (requested === undefined && found !== type && Math.max(numbers, dates) < present)
      throw await settling.explain(name, found);
    const example = row[COUNTS * i + 4];
    const decimalComma = commas > MAJORITY * present ? { decimalComma: String(example) } : {};
    const early = type === "DATE" && typeof example === "string" ? { earlyYear: example } : {};
    const isDayMonth = Number(row[COUNTS * i + 5]) > MAJORITY * present;
    const dayMonth = isDayMonth ? { dayMonth: await dayMonthDates(database, table, name) } : {};
    settled.push({ name, type: found, empty: present === 0, ...decimalComma, ...dayMonth, ...early });
  }
  return settled;
}

function requestedDate(name: string, options: ReadOptions): string | undefined {
  const wanted = typeRequested(name, options);
  return wanted !== undefined && kindOf(wanted) === "date" ? wanted : undefined;
}

function typeRequested(name: string, { types = {} }: ReadOptions): string | undefined {
  // hasOwn because a column may be called "constructor".
  return Object.hasOwn(types, name) ? requestedType(name, types[name]!) : undefined;
}
