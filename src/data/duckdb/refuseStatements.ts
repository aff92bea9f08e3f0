/** One expression of the configuration must stay one expression. */
import type { Database } from "./duckdb.ts";

/** @throws where the text holds more than one statement, or none that parses */
export async function refuseStatements(database: Database, sql: string): Promise<void> {
  if ((await database.statementCount(`SELECT (${sql}\n)`)) !== 1) throw new Error("more than one statement");
}
