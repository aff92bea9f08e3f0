/** Opens SQLite databases. The only file that imports better-sqlite3. */
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
  accessSync,
  constants,
} from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import Database from "better-sqlite3";
import { MlctlError } from "../../core/errors.ts";
import { openNativeNow } from "../../core/nativeOpening.ts";
import { PRIVATE } from "../files/commitFile.ts";
import { errorCode, folderFailure, noSpace } from "../files/writeFailure.ts";

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

export interface SqliteFile {
  readonly path: string;
  /** Name of the file in errors, such as "the store mlctl.db". */
  readonly name: string;
  /** The next step if the file is damaged. */
  readonly repair: string;
  /** The next step after an unexpected error. */
  readonly check: string;
}

/** Such files may be replaced if they are damaged. */
const DATABASE_NAME = /\.(db|sqlite3?|predictions)$/i;

/** @returns undefined for errors of other origin */
export function sqliteFailure(error: unknown, { path, name, repair, check }: SqliteFile): MlctlError | undefined {
  const failure = (message: string, hint: string, kind: "data" | "busy" | "failure" = "failure"): MlctlError =>
    new MlctlError(kind, message, { hint, cause: error });
  const code = sqliteCode(error);
  if (code === "SQLITE_NOTADB" && !DATABASE_NAME.test(path)) {
    // Perhaps a file of the user, which must not be replaced: without a cause it does not count as damaged.
    const hint = 'set another path as "database" in config.json, or move the file away';
    return new MlctlError("usage", `${path} exists and is not a database`, { hint });
  }
  switch (code) {
    case undefined:
      return undefined;
    case "SQLITE_NOTADB":
    case "SQLITE_CORRUPT":
      return failure(`${name} is damaged`, repair, "data");
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return failure(`${name} is in use by another process`, "try again", "busy");
    case "SQLITE_FULL":
      return noSpace(path);
    // Of a full disk too, when the -shm file next to the database cannot grow.
    case "SQLITE_IOERR":
      return (
        folderFailure(dirname(path), path) ??
        failure(`cannot read or write ${path}: disk I/O error`, "free some space, or check the disk")
      );
    case "SQLITE_CANTOPEN":
    case "SQLITE_READONLY":
    case "SQLITE_PERM":
      return (
        unreadable(path) ??
        folderFailure(dirname(path), path) ??
        failure(`cannot open ${path} for writing`, "check the permissions of its folder")
      );
    default:
      return failure(`${name} failed: ${String(error)}`, check);
  }
}

function unreadable(path: string): MlctlError | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    if (errorCode(error) !== "EACCES") return undefined;
    const hint = "run mlctl as its owner, or make it readable for this user";
    return new MlctlError("failure", `${path} belongs to another user, who alone can read it`, { hint, cause: error });
  }
}
