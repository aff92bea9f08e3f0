/** Keeps numbers as text where a double, the only number that mlctl computes with, would lose digits. */
import { BIG_INTEGERS } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { fileLiteral, identifier, literalStruct } from "../duckdb/sql.ts";
import type { CsvFile } from "../readOptions.ts";

/** Beyond it, a double does not hold every integer. */
const LARGEST_EXACT = 2 ** 53;
/** Every decimal of so many digits survives as a double. */
const EXACT_DIGITS = 15;
const COLUMNS_PER_QUERY = 500;
/** An integer as pandas and spreadsheets write ids: without leading zeros; a column with gaps becomes 7.0. */
const PLAIN_INTEGER = String.raw`\s*-?(0|[1-9]\d*)(\.0+)?\s*`;

/**
 * Changes the types of integer and decimal columns of a table: to VARCHAR where a value would lose digits, the other
 * unsigned and 128-bit integers to BIGINT or DOUBLE.
 * @returns an example by column that became VARCHAR
 */
export async function keepDigits(
  database: Database,
  table: string,
  requested: object = {},
): Promise<ReadonlyMap<string, string>> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const kept = new Map<string, string>();
  const wide = columns.filter(({ name, type }) => mayLoseDigits(type) && !Object.hasOwn(requested, name));
  const large = await columnsWhere(database, table, wide, ({ name, type }) =>
    type.startsWith("DECIMAL")
      ? "true"
      : `max(${identifier(name)}) > ${LARGEST_EXACT} OR min(${identifier(name)}) < ${-LARGEST_EXACT}`,
  );
  for (const { name, type } of wide) {
    const column = identifier(name);
    const lost = `${column} IS DISTINCT FROM TRY_CAST(TRY_CAST(${column} AS DOUBLE) AS ${type})`;
    const tests = `min(CAST(${column} AS VARCHAR)) FILTER (${lost}), count(${column}) - count(TRY_CAST(${column} AS BIGINT))`;
    const [example = null, beyond = 0] = large.includes(name)
      ? (await database.rows(`SELECT ${tests} FROM ${identifier(table)}`))[0]!
      : [];
    if (example !== null) kept.set(name, String(example));
    const stored = BIG_INTEGERS.has(type) ? (beyond === 0 ? "BIGINT" : "DOUBLE") : type;
    const wanted = example === null ? stored : "VARCHAR";
    if (wanted !== type) await database.run(`ALTER TABLE ${identifier(table)} ALTER ${column} TYPE ${wanted}`);
  }
  return kept;
}

function mayLoseDigits(type: string): boolean {
  const digits = Number(/^DECIMAL\((\d+)/.exec(type)?.[1] ?? 0);
  return type === "BIGINT" || BIG_INTEGERS.has(type) || digits > EXACT_DIGITS;
}

/** Columns of DOUBLE with values of so many digits that some may be lost already. */
export async function largeDoubles(database: Database, table: string): Promise<string[]> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const doubles = columns.filter(({ type }) => type === "DOUBLE");
  return columnsWhere(database, table, doubles, ({ name }) => {
    const value = identifier(name);
    return `max(abs(${value})) FILTER (isfinite(${value})) >= ${LARGEST_EXACT}`;
  });
}

/** SQL: an example of a text that is an integer which a double does not hold, else NULL. */
export function lostInteger(text: string): string {
  const exact = `TRY_CAST(${text} AS HUGEINT)`;
  const isLost = `${exact} IS NULL OR ${exact} IS DISTINCT FROM TRY_CAST(TRY_CAST(${text} AS DOUBLE) AS HUGEINT)`;
  return `min(${text}) FILTER (regexp_full_match(${text}, '\\s*[+-]?\\d{16,}\\s*') AND (${isLost}))`;
}

/** An example of a string that would lose digits as a number: a long integer, or in JSON, which has numbers, 007. */
export async function codeIn(
  database: Database,
  table: string,
  { name, csv }: { name: string; csv: boolean },
): Promise<string | undefined> {
  const value = identifier(name);
  const zero = csv ? "NULL" : `min(${value}) FILTER (regexp_matches(${value}, '^\\s*-?0\\d'))`;
  const [row] = await database.rows(`SELECT coalesce(${lostInteger(value)}, ${zero}) FROM ${identifier(table)}`);
  return row![0] === null ? undefined : String(row![0]);
}

/**
 * Columns of a CSV file that were read as numbers although their text has more digits, with an example: integers that a
 * double cannot hold, and ids that are not plain integers, such as 007.
 */
export async function digitsInCsv(
  database: Database,
  { table, file, idColumns }: { table: string; file: CsvFile; idColumns: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const isId = ({ name, type }: { name: string; type: string }): boolean =>
    idColumns.includes(name) && (type === "BIGINT" || type === "DOUBLE");
  const ids = columns.filter((column) => isId(column) && !file.fixedTypes.has(column.name)).map(({ name }) => name);
  const large = (await largeDoubles(database, table)).filter((name) => !file.fixedTypes.has(name));
  const names = [...new Set([...ids, ...large])];
  if (names.length === 0) return new Map();
  const texts = literalStruct(file.names.map((name) => [name, "VARCHAR"] as const));
  const tests = names.map((name) => {
    const value = identifier(name);
    if (!ids.includes(name)) return lostInteger(value);
    return `coalesce(${lostInteger(value)}, min(${value}) FILTER (NOT regexp_full_match(${value}, '${PLAIN_INTEGER}')))`;
  });
  const reader = `read_csv(${fileLiteral(file.path)}, ${file.dialect}, auto_detect = false, columns = ${texts})`;
  const [row] = await database.rows(`SELECT ${tests.join(", ")} FROM ${reader}`);
  return new Map(names.flatMap((name, i) => (row![i] === null ? [] : [[name, String(row![i])] as const])));
}

/** The names of the columns for which an aggregate is true. */
async function columnsWhere<Column extends { readonly name: string }>(
  database: Database,
  table: string,
  columns: readonly Column[],
  condition: (column: Column) => string,
): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < columns.length; start += COLUMNS_PER_QUERY) {
    const some = columns.slice(start, start + COLUMNS_PER_QUERY);
    const [row] = await database.rows(`SELECT ${some.map(condition).join(", ")} FROM ${identifier(table)}`);
    found.push(...some.flatMap(({ name }, i) => (row![i] === true ? [name] : [])));
  }
  return found;
}
