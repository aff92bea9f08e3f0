/** Opens the prediction log: creates and migrates it for writers, changes nothing for readers. */
import { existsSync, statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { bytesAtRest, isCurrent, openPrepared, type SqliteSchema } from "../sqlite/prepareSqlite.ts";
import { openSqlite, sqliteCode, type SqliteDatabase, sqliteFailure } from "../sqlite/sqlite.ts";

/** @throws {MlctlError} if the log is damaged, was written by a newer mlctl, or cannot be written */
export function openLogDatabase(path: string, options: { readonly timeoutMs?: number } = {}): SqliteDatabase {
  return withLogErrors(path, () => openPrepared(path, schemaOf(path), options.timeoutMs));
}

/**
 * Undefined if nothing has been logged yet; the first writer may be creating the tables.
 * @param options.stays the connection stays open and must see later writes of other processes; on a full disk it is a copy
 *   in memory (`memory` is true), which does not
 * @throws {MlctlError} if the log is damaged or has another schema version
 */
export function openLogReadonly(path: string, options: { readonly stays?: boolean } = {}): SqliteDatabase | undefined {
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  return withLogErrors(path, () => {
    const atRest = options.stays === true ? undefined : bytesAtRest(path);
    try {
      return current(atRest ?? path, path);
    } catch (error) {
      // On a full disk, even a reader has no space for the -shm file.
      const bytes = sqliteCode(error) === undefined ? undefined : bytesAtRest(path);
      if (bytes === undefined) throw error;
      return current(bytes, path);
    }
  });
}

function current(source: string | Buffer, path: string): SqliteDatabase | undefined {
  const database = openSqlite(source, { readonly: true });
  try {
    if (isCurrent(database, schemaOf(path))) return database;
    const version = database.pragma("user_version", { simple: true });
    if (version === 0) return void database.close();
    if (version === migrations.length - 1) {
      // Hides the table of the last version, to which the next writer adds the column.
      database.exec("CREATE TEMP VIEW predictions AS SELECT *, NULL AS threshold FROM main.predictions");
      return database;
    }
    throw new MlctlError("notReady", `${nameOf(path)} was written by an older version`, {
      hint: "the next `mlctl serve` or `mlctl labels` upgrades it",
    });
  } catch (error) {
    database.close();
    throw error;
  }
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
  const repair = "move the file away: a new one is created";
  return sqliteFailure(error, { path, name: nameOf(path), repair, check: "check the disk" });
}

function schemaOf(path: string): SqliteSchema {
  return { name: nameOf(path), table: "predictions", migrations };
}

function nameOf(path: string): string {
  return `the prediction log ${path}`;
}

/**
 * Never change a released migration; add a new one. `seq` is the order of writing, so that the oldest rows can be deleted
 * without a search. Models have their own table, because their ids would take half of each row.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE models (
    model INTEGER PRIMARY KEY, run_id TEXT, sha256 TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX models_by_name ON models (sha256, ifnull(run_id, ''));

  CREATE TABLE predictions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, prediction_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
    model INTEGER NOT NULL REFERENCES models, inputs TEXT NOT NULL, prediction ANY, probability REAL,
    source TEXT NOT NULL
  ) STRICT;
  CREATE INDEX predictions_by_time ON predictions (at);

  CREATE TABLE labels (
    seq INTEGER PRIMARY KEY REFERENCES predictions ON DELETE CASCADE, label ANY NOT NULL, labelled_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE predictions ADD COLUMN request_id TEXT;
  CREATE INDEX predictions_by_request ON predictions (request_id) WHERE request_id IS NOT NULL;
  `,
  "ALTER TABLE predictions ADD COLUMN threshold REAL",
];
