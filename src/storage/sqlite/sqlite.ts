/** The only door to better-sqlite3: opens a database file. */
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import Database from "better-sqlite3";
import { MlctlError } from "../../core/errors.ts";
import { openNativeNow } from "../../core/nativeOpening.ts";
import { errorCode } from "../files/writeFailure.ts";

export type SqliteDatabase = Database.Database;

/** How long a statement waits for another process before it gives up; every write of mlctl takes milliseconds. */
export const BUSY_TIMEOUT_MILLISECONDS = 10_000;

/**
 * @param source a path, ":memory:" for an empty database in memory, or the bytes of one to read in memory
 * @throws {MlctlError} kind "usage" where a link in its place leads out of its folder
 */
export function openSqlite(
  source: string | Buffer,
  options: { readonly?: boolean; timeoutMs?: number } = {},
): SqliteDatabase {
  if (typeof source === "string") requireInside(source);
  const { readonly = false, timeoutMs: timeout = BUSY_TIMEOUT_MILLISECONDS } = options;
  return openNativeNow(() => new Database(source, { readonly, timeout })); // the first one opens the library
}

/** "SQLITE_BUSY" for any kind of busy, "SQLITE_CORRUPT" for any kind of damage …; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith("SQLITE_") === true ? code.split("_").slice(0, 2).join("_") : undefined;
}

/** A stranger's workspace could have the database of another program changed, or a file made anywhere. */
function requireInside(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  const folder = realpathSync(dirname(path));
  if (resolve(folder, readlinkSync(path)).startsWith(folder + sep)) return;
  throw new MlctlError("usage", `${basename(path)} is a link that leads out of its folder`, {
    hint: `put a file in place of the link; "database" in config.json may name another place`,
  });
}
