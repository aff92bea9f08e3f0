/** Text columns of few distinct texts, as DuckDB's own dictionaries: codes are read faster than a million texts. */
import { kindOf, storedExpression } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { identifier, literalList } from "../duckdb/sql.ts";

/** Below so many rows the questions cost more than they save. */
const MANY_ROWS = 50_000;

/** A column of more texts is read text by text. */
const MOST_TEXTS = 500;

/** The texts of a column, and SQL for the position of each row's text among them: a DOUBLE, −1 where it is missing. */
export interface TextDictionary {
  readonly texts: readonly string[];
  readonly code: string;
}

/** By name. @param table it is gone through three times: a table in memory, and no file */
export async function fewTexts(
  database: Database,
  {
    table,
    rowCount,
    columns,
  }: { readonly table: string; readonly rowCount: number; readonly columns: readonly DatasetColumn[] },
): Promise<ReadonlyMap<string, TextDictionary>> {
  const found = new Map<string, TextDictionary>();
  const candidates = columns.filter(({ type }) => type === "VARCHAR" && kindOf(type) === "category");
  if (candidates.length === 0 || rowCount < MANY_ROWS) return found;
  const counts = candidates.map(({ name }) => `approx_count_distinct(${identifier(name)})`);
  const [figures] = await database.rows(`SELECT ${counts.join(", ")} FROM ${identifier(table)}`);
  for (const [i, { name, type }] of candidates.entries()) {
    if (Number(figures![i]) > MOST_TEXTS) continue;
    const text = storedExpression(name, type);
    const rows = await database.rows(`SELECT DISTINCT ${text} FROM ${identifier(table)} WHERE ${text} IS NOT NULL`);
    const texts = rows.map(([value]) => String(value));
    const kind = identifier(`texts of ${name}`);
    if (texts.length === 0) continue;
    await database.run(`CREATE TYPE ${kind} AS ENUM (${literalList(texts).slice(1, -1)})`);
    found.set(name, { texts, code: `coalesce(CAST(enum_code(CAST(${text} AS ${kind})) AS DOUBLE), -1)` });
  }
  return found;
}
