/** Converts SQLite's errors to MlctlErrors that name the file and the next step. */
import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { errorCode, folderFailure, noSpace } from "../files/atomicWrite.ts";

/** The primary result code, such as "SQLITE_BUSY" or "SQLITE_CORRUPT"; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith("SQLITE_") === true ? code.split("_").slice(0, 2).join("_") : undefined;
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

/** Runs `work` and converts SQLite's errors; other errors are not changed. */
export function withSqliteErrors<T>(file: SqliteFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error, file) ?? error;
  }
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
      // A damaged value, which SQLite itself does not detect.
      return error instanceof SyntaxError ? failure(`${name} is damaged`, repair, "data") : undefined;
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

/** True if the file is damaged, not of a newer version. */
export function isDamaged(error: unknown): error is MlctlError {
  if (!(error instanceof MlctlError)) return false;
  const { cause } = error;
  return cause instanceof SyntaxError || ["SQLITE_CORRUPT", "SQLITE_NOTADB"].includes(sqliteCode(cause) ?? "");
}
