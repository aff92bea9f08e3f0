/** Finds columns that DuckDB read as numbers although their cells are codes (007) or may have thousands points (4.172). */
import type { Database } from "../duckdb/duckdb.ts";
import { codeIn } from "../duckdb/formatSql.ts";
import { fileLiteral, identifier, literalStruct } from "../duckdb/sql.ts";
import type { CsvFile, ReadOptions } from "../readOptions.ts";

/** Names of the number columns that have to be read again as text. @param hasCodes as `hasCodes` found in the file */
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
  const codes = hasCodes ? await withCodes(database, file, numbers) : [];
  return [...new Set([...points, ...codes])];
}

/** In a file with commas between the cells, a point is the decimal point. */
function pointMayGroup({ delimiter }: CsvFile, { decimal, thousands }: ReadOptions): boolean {
  if (decimal !== undefined || thousands !== undefined) return decimal === "," || thousands === ".";
  return delimiter === ";";
}

/** Columns without a value that no group of three digits after a point gives, such as 0.5 and 1234.5. */
async function groupedBy(database: Database, table: string, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const not = names.map((name) => {
    const [value, size] = [identifier(name), `abs(${identifier(name)})`];
    const isWhole = `${value} = trunc(${value})`;
    return `count(CASE WHEN NOT (${isWhole} OR (${size} > 1 AND ${size} < 1000 AND abs(${size} * 1000 - round(${size} * 1000)) < 1e-6)) THEN 1 END)`;
  });
  const [row] = await database.rows(`SELECT ${not.join(", ")} FROM ${identifier(table)}`);
  return names.filter((_, i) => Number(row![i]) === 0);
}

async function withCodes(database: Database, file: CsvFile, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const columns = literalStruct(file.names.map((name) => [name, "VARCHAR"] as const));
  const reader = `read_csv(${fileLiteral(file.path)}, ${file.dialect}, ${file.nulls}, auto_detect = false, columns = ${columns})`;
  const items = names.map((name) => `count(${codeIn(identifier(name))})`);
  const [row] = await database.rows(`SELECT ${items.join(", ")} FROM ${reader}`);
  return names.filter((_, i) => Number(row![i]) > 0);
}
