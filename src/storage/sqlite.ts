/** The only door to better-sqlite3: opens a database file. */
import Database from "better-sqlite3";
import { errorCode } from "./writeFailure.ts";

export type SqliteDatabase = Database.Database;

/** How long a statement waits for another process before it gives up; every write of mlctl takes milliseconds. */
export const BUSY_TIMEOUT_MILLISECONDS = 10_000;

/**
 * @param source a path, ":memory:" for an empty database in memory, or the bytes of one to read in memory
 */
export function openSqlite(
  source: string | Buffer,
  options: { readonly?: boolean; timeoutMs?: number } = {},
): SqliteDatabase {
  return new Database(source, {
    readonly: options.readonly ?? false,
    timeout: options.timeoutMs ?? BUSY_TIMEOUT_MILLISECONDS,
  });
}

/** "SQLITE_BUSY" for any kind of busy, "SQLITE_CORRUPT" for any kind of damage …; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith("SQLITE_") === true ? code.split("_").slice(0, 2).join("_") : undefined;
}
