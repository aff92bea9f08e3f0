/** Copies a database while others write to it. */
import { existsSync, rmSync } from "node:fs";
import { bytesAtRest } from "./prepareSqlite.ts";
import { openSqlite, sqliteCode, sqliteFailure } from "./sqlite.ts";

/**
 * Uses SQLite's backup API, which copies a consistent state. @returns false if there is no database
 * @throws {MlctlError} if the source cannot be read, or the copy cannot be written
 */
export async function copySqlite(source: string, target: string): Promise<boolean> {
  if (!existsSync(source)) return false;
  try {
    await copy(source, target).catch(async (error: unknown) => {
      // A read-only snapshot or a full disk: even a reader would have to create files beside the database.
      const isUnwritable = ["SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR"].includes(sqliteCode(error) ?? "");
      const atRest = isUnwritable ? bytesAtRest(source) : undefined;
      if (atRest === undefined) throw error;
      rmSync(target, { force: true });
      await copy(atRest, target);
    });
  } catch (error) {
    const [repair, check] = ["run `mlctl verify`", "run `mlctl doctor`"];
    throw sqliteFailure(error, { path: source, name: `the database ${source}`, repair, check }) ?? error;
  }
  return true;
}

async function copy(source: string | Buffer, target: string): Promise<void> {
  const database = openSqlite(source);
  try {
    await database.backup(target);
  } finally {
    database.close();
  }
  // Merge the copy into one file, so that a restore needs no -wal file.
  const whole = openSqlite(target);
  whole.pragma("journal_mode = DELETE");
  whole.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${target}${suffix}`, { force: true });
}
