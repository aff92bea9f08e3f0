/** Executes SQL statements, compiling each only once. */
import type { SqliteDatabase } from "../sqlite/sqlite.ts";

export type Execute = (sql: string, ...values: readonly (string | number | null | undefined)[]) => void;

/** Compiling costs more than running, and a reindex runs a few statements for each of thousands of records. */
export function executor(database: SqliteDatabase): Execute {
  const compiled = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return (sql, ...values) => {
    const statement = compiled.get(sql) ?? database.prepare(sql);
    compiled.set(sql, statement);
    statement.run(...values.map((value) => value ?? null));
  };
}
