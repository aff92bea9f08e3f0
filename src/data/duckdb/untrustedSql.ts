/** Protection from SQL of an untrusted configuration. */
import type { Database } from "./duckdb.ts";
import { literal } from "./sql.ts";

/** Rejects further statements. @throws if `sql` has more than one statement or does not parse */
export async function refuseStatements(database: Database, sql: string): Promise<void> {
  if ((await database.statementCount(`SELECT (${sql}\n)`)) !== 1) throw new Error("more than one statement");
}

/**
 * Blocks file and network access, so that SQL can read only loaded tables.
 * @param writes the only file that can still be written
 */
export async function sandboxDatabase(database: Database, writes?: string): Promise<void> {
  if (writes !== undefined) await database.run(`SET allowed_paths = [${literal(writes)}]`);
  await database.run("SET enable_external_access = false; SET lock_configuration = true");
}
