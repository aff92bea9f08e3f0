/** Opens the prediction log: creates and migrates it for writers, changes nothing for readers. */
import { existsSync, statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { bytesAtRest } from "../sqlite/bytesAtRest.ts";
import { isCurrent, prepareSqlite, type SqliteSchema } from "../sqlite/prepareSqlite.ts";
import { openSqlite, sqliteCode, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { migrations } from "./migrations.ts";

/** @throws {MlctlError} if the log is damaged, was written by a newer mlctl, or cannot be written */
export function openLogDatabase(path: string, options: { readonly timeoutMs?: number } = {}): SqliteDatabase {
  return withLogErrors(path, () => {
    const database = openSqlite(path, options);
    try {
      // Returns the space of deleted rows to the file system. Only possible before the first table is created.
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
 * Undefined if nothing has been logged yet.
 * @param options.stays the connection stays open and must see later writes of other processes
 * @throws {MlctlError} if the log is damaged or has another schema version
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
    throw new MlctlError("notReady", `the prediction log ${path} was written by an older version`, {
      hint: "the next `mlctl serve` or `mlctl labels` upgrades it",
    });
  });
}

/** Runs `work` and converts SQLite errors to MlctlErrors; other errors are not changed. */
export function withLogErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw logFailure(error, path) ?? error;
  }
}

/** Converts an SQLite error to an MlctlError with the path and the next step; undefined for other errors. */
export function logFailure(error: unknown, path: string): MlctlError | undefined {
  const log = `the prediction log ${path}`;
  switch (sqliteCode(error)) {
    case undefined:
      return undefined;
    case "SQLITE_CORRUPT":
    case "SQLITE_NOTADB":
      return failure(["data", `${log} is damaged`, "move the file away: a new one is created"], error);
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
      return failure(["failure", `cannot open ${path} for writing`, "check the permissions of its folder"], error);
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
