/** Runs the statements that fill the index, each compiled once. */
import type { SqliteDatabase } from "../sqlite/sqlite.ts";

/** Runs a statement with its values; compiled once. */
export type Execute = (sql: string, ...values: readonly (string | number | null | undefined)[]) => void;

/** Compiling a statement costs more than running it, and a reindex runs a few for each of thousands of records. */
export function executor(database: SqliteDatabase): Execute {
  const compiled = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return (sql, ...values) => {
    const statement = compiled.get(sql) ?? database.prepare(sql);
    compiled.set(sql, statement);
    statement.run(...values.map((value) => value ?? null));
  };
}
