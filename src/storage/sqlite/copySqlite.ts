/** Copies a database while others write to it. */
import { existsSync, rmSync } from "node:fs";
import { openSqlite } from "./sqlite.ts";

/** Uses SQLite's backup API, which copies a consistent state. @returns false if there is no database */
export async function copySqlite(source: string, target: string): Promise<boolean> {
  if (!existsSync(source)) return false;
  const database = openSqlite(source);
  try {
    await database.backup(target);
  } finally {
    database.close();
  }
  // Merge the copy into one file, so that a restore needs no -wal file.
  const copy = openSqlite(target);
  copy.pragma("journal_mode = DELETE");
  copy.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${target}${suffix}`, { force: true });
  return true;
}
