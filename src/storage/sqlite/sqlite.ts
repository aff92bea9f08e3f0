/** Opens SQLite databases. The only file that imports better-sqlite3. */
import { closeSync, existsSync, lstatSync, openSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import Database from "better-sqlite3";
import { MlctlError } from "../../core/errors.ts";
import { openNativeNow } from "../../core/nativeOpening.ts";
import { PRIVATE } from "../files/commitFile.ts";
import { errorCode } from "../files/writeFailure.ts";

export type SqliteDatabase = Database.Database;

/** How long a statement waits for another process; every write of mlctl takes only milliseconds. */
export const BUSY_TIMEOUT_MILLISECONDS = 10_000;

/**
 * @param source a path, ":memory:" for an empty database in memory, or the bytes of a database
 * @throws {MlctlError} kind "usage" if the path is a link that leads out of its folder
 */
export function openSqlite(
  source: string | Buffer,
  options: { readonly?: boolean; timeoutMs?: number } = {},
): SqliteDatabase {
  const { readonly = false, timeoutMs: timeout = BUSY_TIMEOUT_MILLISECONDS } = options;
  if (typeof source === "string" && source !== ":memory:") {
    requireInside(source);
    if (!readonly && !existsSync(source)) createPrivate(source);
  }
  return openNativeNow(() => new Database(source, { readonly, timeout })); // the first call loads the native library
}

/** The primary result code, such as "SQLITE_BUSY" or "SQLITE_CORRUPT"; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith("SQLITE_") === true ? code.split("_").slice(0, 2).join("_") : undefined;
}

/** Changes if the file is replaced, e.g. by `restore` or `reindex`. */
export function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.dev} ${stat.ino}`;
}

/** SQLite gives the files beside a database its permissions. If it cannot be created, SQLite reports the error. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", PRIVATE));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

/** Otherwise an untrusted workspace could change the database of another program, or create files anywhere. */
function requireInside(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  const folder = realpathSync(dirname(path));
  if (resolve(folder, readlinkSync(path)).startsWith(folder + sep)) return;
  throw new MlctlError("usage", `${basename(path)} is a link that leads out of its folder`, {
    hint: 'replace the link with a file, or set another path as "database" in config.json',
  });
}
