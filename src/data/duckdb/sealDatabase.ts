/** From here on SQL of a stranger's configuration can reach no file and no network. */
import type { Database } from "./duckdb.ts";
import { literal } from "./sql.ts";

/** @param writes the only file that can still be written */
export async function sealDatabase(database: Database, writes?: string): Promise<void> {
  if (writes !== undefined) await database.run(`SET allowed_paths = [${literal(writes)}]`);
  await database.run("SET enable_external_access = false; SET lock_configuration = true");
}
