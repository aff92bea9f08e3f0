/** Rejects an SQL expression of the configuration that contains further statements. */
import type { Database } from "./duckdb.ts";

/** @throws if `sql` has more than one statement or does not parse */
export async function refuseStatements(database: Database, sql: string): Promise<void> {
  if ((await database.statementCount(`SELECT (${sql}\n)`)) !== 1) throw new Error("more than one statement");
}
