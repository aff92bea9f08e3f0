/** Loads one input file of any supported form into a table with stored types. */
import { census, dateIn, earlyYear, numberIn } from "../files/census.ts";
import { columnNames } from "../columnNames.ts";
import { castExpression, kindOf, requestedType, storedExpression, storedType } from "../duckdb/columnTypes.ts";
import { dayMonthDates } from "../files/dayMonthDates.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { explainCsv, notOfType, typeHint } from "./explainCsv.ts";
import { loadCsv } from "./loadCsv.ts";
import { loadJson } from "./loadJson.ts";
import type { CsvFile, LoadedColumn, LoadedFile, ReadOptions } from "../readOptions.ts";
import { fileLiteral, identifier, literalList } from "../duckdb/sql.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** Columns looked at by one query: 10,000 in one would make a plan that is slower than all its parts. */
const COLUMNS_PER_QUERY = 500;
/** From this share of numbers on, a text among them is a mistake and not a category. */
const MOSTLY = 0.5;
/** That `census` gives of a column. */
const FIGURES = 6;

/** A loaded file, and how to find the line of a value that turns out to be wrong once other files are known. */
export interface Loaded extends LoadedFile {
  /** The table has the very types that `columns` says; otherwise a cast is still to come. */
  readonly settled: boolean;
  /** The first value of the column that is not of `type`. */
  explain(column: string, type: string): Promise<UnreadableFile>;
}

/** @throws {UnreadableFile} with its reason and line */
export async function loadFile(database: Database, path: string, table: string, options: ReadOptions): Promise<Loaded> {
  const csv = await loadRaw(database, path, table, options);
  const explain = async (column: string, type: string): Promise<UnreadableFile> =>
    (csv && (await explainCsv(database, csv, new Map([[column, type]])))) ??
    firstWrong(database, table, { column, type });
  const rows = Number((await database.rows(`SELECT count(*) FROM ${identifier(table)}`))[0]![0]);
  if (rows === 0) throw new UnreadableFile(csv === undefined ? "the file holds no rows" : "only a header");
  const described = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const columns: LoadedColumn[] = [];
  for (let start = 0; start < described.length; start += COLUMNS_PER_QUERY) {
    const some = described.slice(start, start + COLUMNS_PER_QUERY);
    columns.push(...(await settleTypes(database, { table, some, options, explain, csv: csv !== undefined })));
  }
  const settled = columns.every((column, i) => column.type === described[i]!.type);
  return { path, table, rows, columns, settled, explain };
}

async function loadRaw(
  database: Database,
  path: string,
  table: string,
  options: ReadOptions,
): Promise<CsvFile | undefined> {
  const form = /\.(csv|tsv|txt|jsonl|ndjson|json|parquet)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (form === "csv" || form === "tsv" || form === "txt") {
    const csv = await loadCsv(database, path, table, options);
    await storeColumns(database, { table, into: table, options, renamed: csv.names, csv });
    return csv;
  }
  const raw = `${table}_raw`;
  if (form === "parquet") await loadParquet(database, path, raw);
  else if (form !== undefined) await loadJson(database, path, raw, options.records);
  else throw new UnreadableFile("not a CSV, TSV, JSON, JSON lines or Parquet file", { hint: "see ingest.pattern" });
  const header = (await database.describe(`SELECT * FROM ${identifier(raw)}`)).map((column) => column.name);
  const renamed = columnNames(header, options.normalizeNames ?? false);
  await storeColumns(database, { table: raw, into: table, options, renamed });
  await database.run(`DROP TABLE ${identifier(raw)}`);
  return undefined;
}

async function loadParquet(database: Database, path: string, table: string): Promise<void> {
  try {
    await database.run(`CREATE TABLE ${identifier(table)} AS SELECT * FROM read_parquet(${fileLiteral(path)})`);
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
    throw new UnreadableFile(`not Parquet: ${message.replace(/^[A-Za-z ]+ Error: /, "").replace(/ ?'[^']*'/, "")}`);
  }
}

interface Storing {
  readonly table: string;
  readonly into: string;
  readonly options: ReadOptions;
  readonly renamed: readonly string[];
  readonly csv?: CsvFile;
}

/** Brings every column to its stored type; in CSV the reader did names, missing values and most types already. */
async function storeColumns(database: Database, storing: Storing): Promise<void> {
  const { table, into, options, renamed, csv } = storing;
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  if (
    csv !== undefined &&
    columns.every((column) => storedType(column.type) === column.type || csv.fixedTypes.has(column.name))
  ) {
    return;
  }
  const missing = literalList(options.nullValues ?? [""]);
  const expressions = columns.map((column, i) => {
    const name = renamed[i]!;
    if (csv?.fixedTypes.has(name)) return identifier(name);
    const stored = storedExpression(column.name, column.type);
    const isText = storedType(column.type) === "VARCHAR" && csv === undefined;
    const kept = isText ? `CASE WHEN list_contains(${missing}, ${stored}) THEN NULL ELSE ${stored} END` : stored;
    const asked = typeAsked(name, options);
    const wanted = asked === undefined ? kept : castExpression(kept, asked, "TRY_CAST");
    return `${wanted} AS ${identifier(name)}`;
  });
  for (const [i, column] of columns.entries()) {
    const type = typeAsked(renamed[i]!, options);
    if (csv !== undefined || type === undefined) continue;
    const value = storedExpression(column.name, column.type);
    const present = `${value} IS NOT NULL AND NOT list_contains(${missing}, CAST(${value} AS VARCHAR))`;
    const missed = `${present} AND TRY_CAST(${value} AS ${type}) IS NULL`;
    const wrong = await firstMissed(database, { table, value, missed, column: renamed[i]!, type });
    if (wrong !== undefined) throw wrong;
  }
  await database.run(
    `CREATE OR REPLACE TABLE ${identifier(into)} AS SELECT ${expressions.join(", ")} FROM ${identifier(table)}`,
  );
}

/** The first row that meets the condition `missed`, as the reason to set the file aside. */
async function firstMissed(
  database: Database,
  cast: { table: string; value: string; missed: string; column: string; type: string },
): Promise<UnreadableFile | undefined> {
  const found = await database.rows(
    `SELECT rowid + 1, CAST(${cast.value} AS VARCHAR) FROM ${identifier(cast.table)} WHERE ${cast.missed} ORDER BY rowid LIMIT 1`,
  );
  if (found[0] === undefined) return undefined;
  const value = String(found[0][1]);
  return new UnreadableFile(`row ${found[0][0]}, column "${cast.column}": ${notOfType(value, cast.type)}`, {
    hint: typeHint(cast.column, value),
  });
}

async function firstWrong(
  database: Database,
  table: string,
  cast: { column: string; type: string },
): Promise<UnreadableFile> {
  const value = identifier(cast.column);
  // Some texts that a cast takes were not counted: they are what is wrong where no other one is.
  const text = `CAST(${value} AS VARCHAR)`;
  const uncounted = kindOf(cast.type) === "date" ? dateIn(text) : numberIn(text);
  for (const wrong of [`TRY_CAST(${value} AS ${cast.type})`, uncounted]) {
    const missed = `${value} IS NOT NULL AND ${wrong} IS NULL`;
    const found = await firstMissed(database, { table, value, missed, ...cast });
    if (found !== undefined) return found;
  }
  return new UnreadableFile(`column "${cast.column}" is not all ${kindOf(cast.type)}s`);
}

interface Settling {
  readonly table: string;
  readonly some: readonly { readonly name: string; readonly type: string }[];
  readonly options: ReadOptions;
  readonly csv: boolean;
  readonly explain: (column: string, type: string) => Promise<UnreadableFile>;
}

/** Counts what the columns hold, and refuses a text in a column of numbers or dates. */
async function settleTypes(database: Database, settling: Settling): Promise<LoadedColumn[]> {
  const { table, some, options, csv } = settling;
  const free = new Set([...(options.textColumns ?? []), ...Object.keys(options.types ?? {})]);
  const dateWanted = (name: string): string | undefined => (csv ? requestedDate(name, options) : undefined);
  const counts = some.map(({ name, type }) => {
    const looked = csv && type === "VARCHAR" && (!free.has(name) || dateWanted(name) !== undefined);
    const early = csv && type === "DATE" && !free.has(name) ? earlyYear(identifier(name)) : "NULL";
    return looked ? census(identifier(name)) : `count(${identifier(name)}), 0, 0, 0, ${early}, 0`;
  });
  const row = (await database.rows(`SELECT ${counts.join(", ")} FROM ${identifier(table)}`))[0]!;
  const settled: LoadedColumn[] = [];
  for (const [i, { name, type }] of some.entries()) {
    const [present, numbers, dates, commas] = row.slice(FIGURES * i, FIGURES * i + 4).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    const asked = dateWanted(name);
    if (asked !== undefined && dates < present) throw await settling.explain(name, asked);
    const found = asked ?? (numbers > MOSTLY * present ? "DOUBLE" : dates > MOSTLY * present ? "TIMESTAMP" : type);
    if (asked === undefined && found !== type && Math.max(numbers, dates) < present)
      throw await settling.explain(name, found);
    const example = row[FIGURES * i + 4];
    const decimalComma = commas > MOSTLY * present ? { decimalComma: String(example) } : {};
    const early = type === "DATE" && typeof example === "string" ? { earlyYear: example } : {};
    const isDayMonth = Number(row[FIGURES * i + 5]) > MOSTLY * present;
    const dayMonth = isDayMonth ? { dayMonth: await dayMonthDates(database, table, name) } : {};
    settled.push({ name, type: found, empty: present === 0, ...decimalComma, ...dayMonth, ...early });
  }
  return settled;
}

function requestedDate(name: string, options: ReadOptions): string | undefined {
  const wanted = typeAsked(name, options);
  return wanted !== undefined && kindOf(wanted) === "date" ? wanted : undefined;
}

function typeAsked(name: string, { types = {} }: ReadOptions): string | undefined {
  // A column may be called "constructor", which every object has.
  return Object.hasOwn(types, name) ? requestedType(name, types[name]!) : undefined;
}
