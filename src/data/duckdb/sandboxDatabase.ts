/** Blocks file and network access, so that SQL from an untrusted configuration can read only loaded tables. */
import type { Database } from "./duckdb.ts";
import { literal } from "./sql.ts";

/** @param writes the only file that can still be written */
export async function sandboxDatabase(database: Database, writes?: string): Promise<void> {
  if (writes !== undefined) await database.run(`SET allowed_paths = [${literal(writes)}]`);
  await database.run("SET enable_external_access = false; SET lock_configuration = true");
}
