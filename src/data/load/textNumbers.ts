/**
 * Finds columns that DuckDB read as numbers although their cells are codes (007), ids or long integers, which numbers
 * change, or may have thousands points (4.172); and columns that it read as dates although their cells are words.
 */
import type { Database } from "../duckdb/duckdb.ts";
import { codeIn } from "../duckdb/formatSql.ts";
import { columnsWhere, dateWords, largeDoubles } from "./exactDigits.ts";
import { identifier } from "../duckdb/sql.ts";
import { asText, type CsvFile } from "./inspectCsv.ts";
import type { ReadOptions } from "../readOptions.ts";

/** An integer as pandas and spreadsheets write ids: without leading zeros; a column with gaps becomes 7.0. */
const PLAIN_INTEGER = String.raw`\s*-?(0|[1-9]\d*)(\.0+)?\s*`;

/** Names of the columns that have to be read again as text. @param hasCodes as `hasCodes` found in the file */
export async function textNumbers(
  database: Database,
  { table, file, hasCodes }: { readonly table: string; readonly file: CsvFile; readonly hasCodes: boolean },
  options: ReadOptions,
): Promise<string[]> {
  const detected = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const free = detected.filter(({ name }) => !file.fixedTypes.has(name));
  const reals = free.filter(({ type }) => type === "DOUBLE").map(({ name }) => name);
  const numbers = free.filter(({ type }) => type === "BIGINT" || type === "DOUBLE").map(({ name }) => name);
  const mayGroup = options.formats === undefined && pointMayGroup(file, options);
  const points = mayGroup ? await groupedBy(database, table, reals) : [];
  const ids = new Set(options.idColumns);
  const large = new Set(await largeDoubles(database, table));
  const asked = numbers.filter((name) => hasCodes || ids.has(name) || large.has(name));
  const words = (await dateWords(database, table, () => asText(file))).filter((name) => !file.fixedTypes.has(name));
  return [...new Set([...points, ...words, ...(await withCodes(database, file, asked, ids))])];
}

/** In a file with commas between the cells, a point is the decimal point. */
function pointMayGroup({ ownDelimiter }: CsvFile, { decimal, thousands }: ReadOptions): boolean {
  if (decimal !== undefined || thousands !== undefined) return decimal === "," || thousands === ".";
  return ownDelimiter === ";";
}

/** Columns without a value that no group of three digits after a point gives, such as 0.5 and 1234.5. */
async function groupedBy(database: Database, table: string, names: readonly string[]): Promise<string[]> {
  const columns = names.map((name) => ({ name }));
  return columnsWhere(database, identifier(table), columns, (value) => {
    const size = `abs(${value})`;
    const isWhole = `${value} = trunc(${value})`;
    return `count(CASE WHEN NOT (${isWhole} OR (${size} > 1 AND ${size} < 1000 AND abs(${size} * 1000 - round(${size} * 1000)) < 1e-6)) THEN 1 END) = 0`;
  });
}

/** Columns with a cell that a number would change; of `ids`, with any other cell than a plain integer. */
async function withCodes(
  database: Database,
  file: CsvFile,
  names: readonly string[],
  ids: ReadonlySet<string>,
): Promise<string[]> {
  if (names.length === 0) return [];
  const items = names.map((name) => {
    const text = identifier(name);
    const other = `CASE WHEN NOT regexp_full_match(${text}, '${PLAIN_INTEGER}') THEN ${text} END`;
    return `count(${ids.has(name) ? `coalesce(${codeIn(text)}, ${other})` : codeIn(text)})`;
  });
  const [row] = await database.rows(`SELECT ${items.join(", ")} FROM ${asText(file)}`);
  return names.filter((_, i) => Number(row![i]) > 0);
}
