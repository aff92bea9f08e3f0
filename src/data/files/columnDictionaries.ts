/** Dictionaries for text columns with few distinct values: reading codes is faster than reading a million strings. */
import { kindOf, storedExpression } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { identifier, literalList } from "../duckdb/sql.ts";

/** With fewer rows the extra queries cost more than they save. */
const MIN_ROWS = 50_000;

/** A column with more distinct values is read value by value. */
const MAX_VALUES = 500;

/** The distinct values of a column, and SQL for the position of each row's value in them: a DOUBLE, −1 if missing. */
export interface ColumnDictionary {
  readonly values: readonly string[];
  readonly code: string;
}

/** Dictionaries by column name. @param table scanned three times, so it must be a table in memory, not a file */
export async function columnDictionaries(
  database: Database,
  source: { readonly table: string; readonly rowCount: number; readonly columns: readonly DatasetColumn[] },
): Promise<ReadonlyMap<string, ColumnDictionary>> {
  const { table, rowCount, columns } = source;
  const found = new Map<string, ColumnDictionary>();
  const candidates = columns.filter(({ type }) => type === "VARCHAR" && kindOf(type) === "category");
  if (candidates.length === 0 || rowCount < MIN_ROWS) return found;
  const distinct = candidates.map(({ name }) => `approx_count_distinct(${identifier(name)})`);
  const [counts] = await database.rows(`SELECT ${distinct.join(", ")} FROM ${identifier(table)}`);
  for (const [i, { name, type }] of candidates.entries()) {
    if (Number(counts![i]) > MAX_VALUES) continue;
    const value = storedExpression(name, type);
    const rows = await database.rows(`SELECT DISTINCT ${value} FROM ${identifier(table)} WHERE ${value} IS NOT NULL`);
    if (rows.length === 0) continue;
    const values = rows.map(([cell]) => String(cell));
    const enumType = identifier(`values of ${name}`);
    await database.run(`CREATE TYPE ${enumType} AS ENUM (${literalList(values).slice(1, -1)})`);
    found.set(name, { values, code: `coalesce(CAST(enum_code(CAST(${value} AS ${enumType})) AS DOUBLE), -1)` });
  }
  return found;
}
