/** Opens the prediction log: creates it for writers, changes nothing for readers. */
import { sqliteCode, withSqliteErrors } from "../sqlite/failure.ts";
import { bytesAtRest, openPrepared, openReadonly, type SqliteDatabase, type SqliteSchema } from "../sqlite/sqlite.ts";
import type { LoggedRow, LogWriter, Retention, Written } from "./logReader.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";

/** @throws {MlctlError} if the log is damaged, was written by another mlctl, or cannot be written */
export function openLogDatabase(path: string, options: { readonly timeoutMs?: number } = {}): SqliteDatabase {
  return openPrepared(logSchema(path), options);
}

/**
 * Undefined if nothing has been logged yet; the first writer may be creating the tables.
 * @param options.stays the connection stays open and must see later writes of other processes; on a full disk it is a copy
 *   in memory (`memory` is true), which does not
 * @throws {MlctlError} if the log is damaged or was written by another mlctl
 */
export function openLogReadonly(path: string, options: { readonly stays?: boolean } = {}): SqliteDatabase | undefined {
  const schema = logSchema(path);
  return withSqliteErrors(schema, () => {
    try {
      return openReadonly(schema, options);
    } catch (error) {
      // On a full disk, even a reader has no space for the -shm file.
      const bytes = sqliteCode(error) === undefined ? undefined : bytesAtRest(path);
      if (bytes === undefined) throw error;
      return openReadonly(schema, { bytes });
    }
  });
}

export function logSchema(path: string): SqliteSchema {
  const name = `the prediction log ${path}`;
  const repair = "move the file away: a new one is created";
  return { path, name, repair, check: "check the disk", table: "predictions", create, version: 3 };
}

/**
 * `seq` is the order of writing, so that the oldest rows can be deleted without a search. Models have their own table,
 * because their ids would take half of each row.
 */
const create = `
  CREATE TABLE models (
    model INTEGER PRIMARY KEY, run_id TEXT, sha256 TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX models_by_name ON models (sha256, ifnull(run_id, ''));

  CREATE TABLE predictions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, prediction_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
    model INTEGER NOT NULL REFERENCES models, inputs TEXT NOT NULL, prediction ANY, probability REAL,
    source TEXT NOT NULL, request_id TEXT, threshold REAL
  ) STRICT;
  CREATE INDEX predictions_by_time ON predictions (at);
  CREATE INDEX predictions_by_request ON predictions (request_id) WHERE request_id IS NOT NULL;

  CREATE TABLE labels (
    seq INTEGER PRIMARY KEY REFERENCES predictions ON DELETE CASCADE, label ANY NOT NULL, labelled_at INTEGER NOT NULL
  ) STRICT;
`;

/** Rows between two applications of the retention; one costs less than 1 % of the time to write these rows. */
export const ROWS_BETWEEN_RETENTIONS = 20_000;

/** Long enough for the transactions of other processes, short enough to report a lock that stays. */
const LOCK_MILLISECONDS = 2000;

/**
 * Opens the log; creates it if there is none. Its `write` throws SQLite's error if the file is locked, full or read-only;
 * no row of the batch is written then.
 */
export function sqliteWriter(path: string, retention: Retention): LogWriter {
  const database = openLogDatabase(path, { timeoutMs: LOCK_MILLISECONDS });
  const addModel = database.prepare("INSERT INTO models (sha256, run_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const insert = database.prepare(
    `INSERT INTO predictions (prediction_id, at, model, inputs, prediction, probability, source, request_id, threshold)
     VALUES (?, ?, (SELECT model FROM models WHERE sha256 = ? AND ifnull(run_id, '') = ifnull(?, '')), ?, ?, ?, ?, ?, ?)
     ON CONFLICT (prediction_id) DO NOTHING`,
  );
  let rowsSinceRetention = ROWS_BETWEEN_RETENTIONS;
  const writeAll = database.transaction((rows: readonly LoggedRow[]): Written => {
    for (const model of modelsOf(rows).values()) addModel.run(...model);
    let [refused, problem] = [0, null as string | null];
    for (const [id, at, runId, sha256, ...rest] of rows) {
      try {
        insert.run(id, Math.trunc(at), sha256, runId, ...rest);
      } catch (error) {
        if (isDiskError(error)) throw error;
        refused++;
        problem = `row ${id}: ${String(error)}`;
      }
    }
    return { written: rows.length - refused, refused, problem };
  });
  return {
    write(rows) {
      const result = writeAll.immediate(rows);
      rowsSinceRetention += rows.length;
      const last = rows.at(-1);
      if (rowsSinceRetention >= ROWS_BETWEEN_RETENTIONS && last !== undefined) {
        rowsSinceRetention = 0;
        retain(database, retention, last[1]);
      }
      return result;
    },
    close: () => void database.close(),
  };
}

/** True for an error that the row did not cause, so that a retry may succeed. */
function isDiskError(error: unknown): boolean {
  const code = sqliteCode(error);
  return (
    code !== undefined && !["SQLITE_CONSTRAINT", "SQLITE_TOOBIG", "SQLITE_MISMATCH", "SQLITE_RANGE"].includes(code)
  );
}

/** The models of some rows, by their name. */
export function modelsOf(rows: readonly LoggedRow[]): Map<string, readonly [sha256: string, runId: string | null]> {
  return new Map(rows.map(([, , runId, sha256]) => [`${runId ?? ""} ${sha256}`, [sha256, runId]]));
}

/** Keeps transactions short, so that other processes can write in between. */
const ROWS_AT_A_TIME = 5000;

/** Of the limit, so that a log that has reached it is not shortened at each call. */
const SHARE_TO_KEEP = 0.95;

/**
 * Deletes the oldest predictions with their labels, and shrinks the file.
 * @param now milliseconds since 1970
 * @returns the number of deleted predictions
 */
export function retain(database: SqliteDatabase, { days, rows, bytes }: Retention, now: number): number {
  let removed = 0;
  /** @returns whether there may be more to delete */
  const removeSome = (old: string, value: number, most = ROWS_AT_A_TIME): boolean => {
    const some = `SELECT seq FROM predictions WHERE ${old} LIMIT ?`;
    const { changes } = database.prepare(`DELETE FROM predictions WHERE seq IN (${some})`).run(value, most);
    removed += changes;
    return changes > 0;
  };
  if (days !== null) while (removeSome("at < ? ORDER BY at", now - days * MILLISECONDS_A_DAY));
  // Rows are numbered in the order of writing and the oldest are deleted first, so there are no gaps.
  if (rows !== null) while (removeSome("seq <= (SELECT max(seq) FROM predictions) - ? ORDER BY seq", rows));
  if (bytes !== null && usedBytes(database) > bytes) {
    const kept = bytes * SHARE_TO_KEEP;
    // Two subqueries: in one SELECT with min and max, SQLite would read every row.
    const count = database
      .prepare("SELECT (SELECT max(seq) FROM predictions) - (SELECT min(seq) FROM predictions) + 1")
      .pluck();
    for (let used = usedBytes(database); used > kept; used = usedBytes(database)) {
      const share = Math.ceil((count.get() as number) * (1 - kept / used));
      if (!removeSome("seq > ? ORDER BY seq", 0, Math.min(share, ROWS_AT_A_TIME))) break;
    }
  }
  if (removed > 0) database.pragma("incremental_vacuum");
  return removed;
}

/** Bytes of the pages in use, without the write-ahead log. */
function usedBytes(database: SqliteDatabase): number {
  const number = (name: string): number => database.pragma(name, { simple: true }) as number;
  return (number("page_count") - number("freelist_count")) * number("page_size");
}
