/** Loads one CSV file into a table of the database. */
import { MlctlError } from "../../core/errors.ts";
import { codeIn } from "../duckdb/formatSql.ts";
import { isOwnType, requestedType } from "../duckdb/columnTypes.ts";
import { type Database, fileLiteral, identifier, literal, literalList, literalStruct } from "../duckdb/duckdb.ts";
import { columnsWhere, dateWords, largeDoubles } from "./exactDigits.ts";
import { asText, explainCsv, inspectCsv, type CsvFile, type InspectedCsv } from "./inspectCsv.ts";
import { bytesOf } from "./inspectText.ts";
import type { ReadOptions } from "../readOptions.ts";

/** Booleans and times of day stay text, so that "True" in training equals "True" in a row to predict. */
const TYPES_TRIED = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"];
/**
 * Other formats stay text: 11-01-2023 is ambiguous, and a single row to predict has no other rows to infer the order
 * from. Times with a zone or a fraction are recognised after loading.
 */
const DATE_FORMATS = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'";
/**
 * @param path the extension .tsv makes a tab in the header the delimiter
 * @throws {UnreadableFile} with the first invalid lines; {MlctlError} kind "usage" for a setting that no CSV file can have
 */
export async function loadCsv(database: Database, path: string, table: string, options: ReadOptions): Promise<CsvFile> {
  const file = csvFile(await inspectCsv(path, database.folder, options), options);
  const [isCoded] = await Promise.all([hasCodes(file), detectTypes(database, table, file)]);
  const texts = await textNumbers(database, table, file, { isCoded, options });
  if (texts.length === 0) return file;
  const asTexts = texts.map((name) => [name, "VARCHAR"] as const);
  const again = { ...file, fixedTypes: new Map([...file.fixedTypes, ...asTexts]) };
  await detectTypes(database, table, again);
  return again;
}

async function detectTypes(database: Database, table: string, file: CsvFile): Promise<void> {
  const create = (sample: number): Promise<void> =>
    database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT * FROM ${detecting(file, sample)}`);
  try {
    await create(20_480);
  } catch {
    // A later row does not have the type detected in the first rows: detect types from all rows.
    await create(-1).catch(async (error: unknown) => {
      if (error instanceof MlctlError) throw error;
      throw await explainCsv(database, file, error);
    });
  }
}

function csvFile(inspected: InspectedCsv, options: ReadOptions): CsvFile {
  const { delimiter, lineEnd, gzip, head, columns } = inspected;
  const missing = [...new Set(["", ...(options.nullValues ?? [])])];
  requireWords(missing, delimiter);
  const newLine = lineEnd === "\n" ? "\\n" : "\\r\\n";
  const dialect = [
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', new_line = '${newLine}', header = true, skip = 0, comment = ''`,
    `compression = ${gzip ? "'gzip'" : "'none'"}`,
    // Leaves room for tables with 10,000 columns.
    `max_line_size = ${Math.max(2 << 20, head.names.join("").length * 8)}`,
  ].join(", ");
  const fixed = Object.entries(options.types ?? {}).filter(([name]) => columns.includes(name));
  const texts = [...(options.categoryColumns ?? []), ...Object.keys(options.formats ?? {})];
  const fixedTypes = new Map([
    ...texts.filter((name) => columns.includes(name)).map((name) => [name, "VARCHAR"] as const),
    ...fixed.map(([name, type]) => {
      // The CSV reader knows one form of numbers and dates; what `textFacts` finds later may have any.
      return [name, isOwnType(type) ? "VARCHAR" : requestedType(name, type)] as const;
    }),
  ]);
  return { ...inspected, dialect, nulls: `nullstr = ${literalList(missing)}`, fixedTypes, options };
}

/** DuckDB compares cells with them before it takes the quotes off. @throws {MlctlError} kind "usage" */
function requireWords(nullValues: readonly string[], delimiter: string): void {
  for (const [name, character] of Object.entries({ delimiter, quote: '"' })) {
    const found = nullValues.find((value) => value.includes(character));
    if (found === undefined) continue;
    const message = `ingest.null_values: found ${JSON.stringify(found)}, which contains the ${name} of CSV files`;
    const hint = `remove it; ingest.select can make such cells missing: "column": "nullif(column, 'value')"`;
    throw new MlctlError("usage", message, { hint });
  }
}

function detecting(file: CsvFile, sample: number): string {
  const types = file.fixedTypes.size === 0 ? "" : `, types = ${literalStruct(file.fixedTypes)}`;
  const tried = `auto_type_candidates = ${literalList(TYPES_TRIED)}, sample_size = ${sample}, ${DATE_FORMATS}`;
  return `read_csv(${fileLiteral(file.path)}, ${file.dialect}, ${file.nulls}, names = ${literalList(file.columns)}, ${tried}${types})`;
}

/** Whether what DuckDB reads has cells such as 007 or 0x10, which it would read as 7 and 16; now and then true for others. */
async function hasCodes({ path, gzip, delimiter }: InspectedCsv): Promise<boolean> {
  const edge = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, "0")}" \\t\\n`;
  const code = new RegExp(`[${edge}][+-]?0(?:[0-9]+|[xX][0-9a-fA-F]+)(?:[${edge}\\r]|$)`);
  let rest = Buffer.alloc(0);
  for await (const chunk of bytesOf(path, gzip)) {
    const bytes = Buffer.concat([rest, chunk]);
    if (code.test(bytes.toString("latin1"))) return true;
    // A cell may be in two chunks.
    rest = bytes.subarray(-64);
  }
  return false;
}

/** An integer as pandas and spreadsheets write ids: without leading zeros; a column with gaps becomes 7.0. */
const PLAIN_INTEGER = String.raw`\s*-?(0|[1-9]\d*)(\.0+)?\s*`;

/**
 * Names of the columns to read again as text: DuckDB read them as numbers although their cells are codes (007), ids or long
 * integers, which numbers change, or may have thousands points (4.172); or as dates although their cells are words.
 */
async function textNumbers(
  database: Database,
  table: string,
  file: CsvFile,
  { isCoded, options }: { readonly isCoded: boolean; readonly options: ReadOptions },
): Promise<string[]> {
  const detected = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const free = detected.filter(({ name }) => !file.fixedTypes.has(name));
  const reals = free.filter(({ type }) => type === "DOUBLE");
  const numbers = free.filter(({ type }) => type === "BIGINT" || type === "DOUBLE").map(({ name }) => name);
  const mayGroup = options.formats === undefined && pointMayGroup(file, options);
  const points = mayGroup ? await columnsWhere(database, identifier(table), reals, isGrouped) : [];
  const ids = new Set(options.idColumns);
  const large = new Set(await largeDoubles(database, table));
  const asked = numbers.filter((name) => isCoded || ids.has(name) || large.has(name));
  const words = (await dateWords(database, table, () => asText(file))).filter((name) => !file.fixedTypes.has(name));
  // A cell that a number would change; of ids, any other cell than a plain integer. One query, since it reads the file.
  const items = asked.map((name) => {
    const text = identifier(name);
    const other = `CASE WHEN NOT regexp_full_match(${text}, '${PLAIN_INTEGER}') THEN ${text} END`;
    return `count(${ids.has(name) ? `coalesce(${codeIn(text)}, ${other})` : codeIn(text)})`;
  });
  const [row = []] = items.length === 0 ? [] : await database.rows(`SELECT ${items.join(", ")} FROM ${asText(file)}`);
  const coded = asked.filter((_, i) => Number(row[i]) > 0);
  return [...new Set([...points, ...words, ...coded])];
}

/** In a file with commas between the cells, a point is the decimal point. */
function pointMayGroup({ ownDelimiter }: CsvFile, { decimal, thousands }: ReadOptions): boolean {
  if (decimal !== undefined || thousands !== undefined) return decimal === "," || thousands === ".";
  return ownDelimiter === ";";
}

/** SQL: no value such as 0.5 and 1234.5, which three digits after a point that groups thousands do not give. */
function isGrouped(value: string): string {
  const size = `abs(${value})`;
  const isWhole = `${value} = trunc(${value})`;
  return `count(CASE WHEN NOT (${isWhole} OR (${size} > 1 AND ${size} < 1000 AND abs(${size} * 1000 - round(${size} * 1000)) < 1e-6)) THEN 1 END) = 0`;
}
