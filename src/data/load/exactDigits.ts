/** Keeps numbers as text where a double, the only number that mlctl computes with, would lose digits. */
import { BIG_INTEGERS } from "../duckdb/columnTypes.ts";
import { type Database, identifier } from "../duckdb/duckdb.ts";
import { dateIn } from "../duckdb/formatSql.ts";

/** Beyond it, a double does not hold every integer. */
const LARGEST_EXACT = 2 ** 53;
/** Every decimal of this number of digits survives as a double. */
const EXACT_DIGITS = 15;
/** With 500 columns a query, DuckDB takes four times as long to plan. */
export const COLUMNS_PER_QUERY = 50;

type Digits = ReadonlyMap<string, string>;

/**
 * Changes the types of integer and decimal columns of a table: to VARCHAR where a value would lose digits, the other
 * unsigned and 128-bit integers to BIGINT or DOUBLE.
 * @returns an example by column that became VARCHAR
 */
export async function keepDigits(database: Database, table: string, requested: object = {}): Promise<Digits> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const kept = new Map<string, string>();
  const wide = columns.filter(({ name, type }) => mayLoseDigits(type) && !Object.hasOwn(requested, name));
  const large = await columnsWhere(database, identifier(table), wide, (column, { type }) =>
    type.startsWith("DECIMAL") ? "true" : `max(${column}) > ${LARGEST_EXACT} OR min(${column}) < ${-LARGEST_EXACT}`,
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

/** Columns of DOUBLE with values whose digits are so long that some may be lost already. */
export async function largeDoubles(database: Database, table: string): Promise<string[]> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const doubles = columns.filter(({ type }) => type === "DOUBLE");
  return columnsWhere(database, identifier(table), doubles, (value) => {
    return `max(abs(${value})) FILTER (isfinite(${value})) >= ${LARGEST_EXACT}`;
  });
}

/**
 * Columns of dates with words that DuckDB takes for dates: infinity, epoch, 44-03-15 (BC).
 * @param asText SQL of a table with the text of these columns
 */
export async function dateWords(
  database: Database,
  table: string,
  asText: (names: readonly string[]) => string,
): Promise<string[]> {
  const columns = await database.describe(`SELECT * FROM ${identifier(table)}`);
  const dates = columns.filter(({ type }) => type === "DATE" || type === "TIMESTAMP");
  // What DuckDB makes of the words, which are dates themselves.
  const suspects = await columnsWhere(database, identifier(table), dates, (value, { type }) => {
    const words = `${value} IN (${type} '1900-01-01', ${type} '1970-01-01')`;
    return `bool_or(NOT isfinite(${value}) OR ${value} < ${type} '0001-01-01' OR ${words})`;
  });
  if (suspects.length === 0) return [];
  const texts = suspects.map((name) => ({ name }));
  return columnsWhere(database, asText(suspects), texts, (text) => `count(${text}) > count(${dateIn(text)})`);
}

/** The names of the columns for which an aggregate is true. @param source SQL of a table */
export async function columnsWhere<Column extends { readonly name: string }>(
  database: Database,
  source: string,
  columns: readonly Column[],
  condition: (column: string, of: Column) => string,
): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < columns.length; start += COLUMNS_PER_QUERY) {
    const some = columns.slice(start, start + COLUMNS_PER_QUERY);
    const items = some.map((column) => condition(identifier(column.name), column));
    const [row] = await database.rows(`SELECT ${items.join(", ")} FROM ${source}`);
    found.push(...some.flatMap(({ name }, i) => (row![i] === true ? [name] : [])));
  }
  return found;
}
