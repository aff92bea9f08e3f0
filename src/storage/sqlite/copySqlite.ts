/** Copies a database while others write to it. */
import { existsSync, rmSync } from "node:fs";
import { openSqlite } from "./sqlite.ts";

/** By SQLite's own backup, which sees one transaction's end. @returns false where there is no database */
export async function copySqlite(source: string, target: string): Promise<boolean> {
  if (!existsSync(source)) return false;
  const database = openSqlite(source);
  try {
    await database.backup(target);
  } finally {
    database.close();
  }
  // In one file: a restored one brings no -wal along.
  const copy = openSqlite(target);
  copy.pragma("journal_mode = DELETE");
  copy.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${target}${suffix}`, { force: true });
  return true;
}
