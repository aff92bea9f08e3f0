/** Opens the file of the prediction log: for writers made and migrated, for readers as it is. */
import { existsSync, statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { bytesAtRest } from "../sqlite/bytesAtRest.ts";
import { isCurrent, prepareSqlite, type SqliteSchema } from "../sqlite/prepareSqlite.ts";
import { openSqlite, sqliteCode, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { migrations } from "./migrations.ts";

/** @throws {MlctlError} where it is damaged, of a newer mlctl, or cannot be written */
export function openLogDatabase(path: string, options: { readonly timeoutMs?: number } = {}): SqliteDatabase {
  return withLogErrors(path, () => {
    const database = openSqlite(path, options);
    try {
      // Space of deleted rows goes back to the file system; only possible before the first table is there.
      database.pragma("auto_vacuum = INCREMENTAL");
      prepareSqlite(database, schemaOf(path));
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Undefined where nothing was logged yet.
 * @param options.stays open for long: it sees what others write meanwhile
 * @throws {MlctlError} where it is damaged or of another version
 */
export function openLogReadonly(path: string, options: { readonly stays?: boolean } = {}): SqliteDatabase | undefined {
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  return withLogErrors(path, () => {
    const atRest = options.stays === true ? undefined : bytesAtRest(path);
    const database = openSqlite(atRest ?? path, { readonly: true });
    try {
      if (isCurrent(database, schemaOf(path))) return database;
    } catch (error) {
      database.close();
      throw error;
    }
    database.close();
    throw new MlctlError("notReady", `the prediction log ${path} is of an older version`, {
      hint: "the next server or `mlctl labels` brings it up to date",
    });
  });
}

/** Runs `work` on the log at `path`; errors that are not SQLite's pass unchanged. */
export function withLogErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw logFailure(error, path) ?? error;
  }
}

/** An error of SQLite as one that names the log and the next step. */
export function logFailure(error: unknown, path: string): MlctlError | undefined {
  const log = `the prediction log ${path}`;
  switch (sqliteCode(error)) {
    case undefined:
      return undefined;
    case "SQLITE_CORRUPT":
    case "SQLITE_NOTADB":
      return failure(["data", `${log} is damaged`, "move the file away: a new one is made"], error);
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return failure(["busy", `${log} is in use by another process`, "try again"], error);
    case "SQLITE_FULL":
      return failure(["failure", `cannot write ${path}: no space left on the device`, "free some space"], error);
    case "SQLITE_IOERR":
      return failure(
        ["failure", `cannot read or write ${path}: disk I/O error`, "free some space, or check the disk"],
        error,
      );
    case "SQLITE_CANTOPEN":
    case "SQLITE_READONLY":
    case "SQLITE_PERM":
      return failure(["failure", `cannot open ${path} for writing`, "check its folder and who may write there"], error);
    default:
      return failure(["failure", `${log} failed: ${String(error)}`, "check the disk"], error);
  }
}

function failure([kind, message, hint]: ["data" | "busy" | "failure", string, string], cause: unknown): MlctlError {
  return new MlctlError(kind, message, { hint, cause });
}

function schemaOf(path: string): SqliteSchema {
  return { name: `the prediction log ${path}`, migrations };
}
