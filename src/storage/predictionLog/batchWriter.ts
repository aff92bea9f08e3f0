/** Writes batches of predictions to the log, one transaction each, and applies the retention. */
import { sqliteCode, type SqliteDatabase } from "../sqlite/sqlite.ts";
import type { LoggedRow, Retention } from "./loggedRow.ts";
import { retain } from "./retain.ts";

/** Rows between two applications of the retention; one costs less than 1 % of the time to write these rows. */
const ROWS_BETWEEN_RETENTIONS = 20_000;

export interface Written {
  readonly written: number;
  /** Number of rows that SQLite rejects, such as one with an input of a gigabyte. */
  readonly refused: number;
  readonly problem: string | null;
}

export interface BatchWriter {
  /** A row that already exists, from an attempt whose reply was lost, counts as written. */
  write(rows: readonly LoggedRow[]): Written;
  /** @param now milliseconds since 1970 */
  retain(now: number): void;
}

/** Its methods throw SQLite's error if the file is locked, full or read-only; no row of the batch is written then. */
export function batchWriter(database: SqliteDatabase, retention: Retention): BatchWriter {
  const insert = database.prepare(
    `INSERT INTO predictions (prediction_id, at, model, inputs, prediction, probability, source)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (prediction_id) DO NOTHING`,
  );
  const models = modelNumbers(database);
  let rowsSinceRetention = ROWS_BETWEEN_RETENTIONS;
  const writeAll = database.transaction((rows: readonly LoggedRow[]): Written => {
    let [refused, problem] = [0, null as string | null];
    for (const [id, at, runId, sha256, inputs, prediction, probability, source] of rows) {
      try {
        insert.run(id, Math.trunc(at), models.numberOf(runId, sha256), inputs, prediction, probability, source);
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
      models.forgetUncommitted();
      const result = writeAll.immediate(rows);
      models.committed();
      rowsSinceRetention += rows.length;
      const last = rows.at(-1);
      if (rowsSinceRetention >= ROWS_BETWEEN_RETENTIONS && last !== undefined) {
        rowsSinceRetention = 0;
        retain(database, retention, last[1]);
      }
      return result;
    },
    retain: (now) => retain(database, retention, now),
  };
}

/** True for an error that the row did not cause, so that a retry may succeed. */
function isDiskError(error: unknown): boolean {
  const code = sqliteCode(error);
  return (
    code !== undefined && !["SQLITE_CONSTRAINT", "SQLITE_TOOBIG", "SQLITE_MISMATCH", "SQLITE_RANGE"].includes(code)
  );
}

interface ModelNumbers {
  numberOf(runId: string | null, sha256: string): number;
  committed(): void;
  forgetUncommitted(): void;
}

/** The numbers of the models in the log; a new model gets the next number. */
function modelNumbers(database: SqliteDatabase): ModelNumbers {
  const find = database.prepare("SELECT model FROM models WHERE sha256 = ? AND ifnull(run_id, '') = ifnull(?, '')");
  const add = database.prepare("INSERT INTO models (run_id, sha256) VALUES (?, ?)");
  const known = new Map<string, number>();
  // Numbers of the current transaction; a rollback discards them.
  const fresh = new Map<string, number>();
  return {
    numberOf(runId, sha256) {
      const name = `${runId ?? ""} ${sha256}`;
      const number = known.get(name) ?? fresh.get(name);
      if (number !== undefined) return number;
      const found = find.get(sha256, runId) as { model: number } | undefined;
      const given = found?.model ?? Number(add.run(runId, sha256).lastInsertRowid);
      fresh.set(name, given);
      return given;
    },
    committed() {
      for (const [name, number] of fresh) known.set(name, number);
    },
    forgetUncommitted: () => fresh.clear(),
  };
}
