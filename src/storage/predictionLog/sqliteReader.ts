/** Reads and labels the prediction log of one machine, a SQLite file. */
import { existsSync } from "node:fs";
import { withSqliteErrors } from "../sqlite/failure.ts";
import { identityOf, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { type LabelTarget, type LogReader, predictionLogPath, type LogPlace } from "./logReader.ts";
import { logSchema, openLogDatabase, openLogReadonly } from "./openLogDatabase.ts";
import { sqlReader, type Ask } from "./sqlReader.ts";
import { postgresReader } from "./postgresReader.ts";

/** The file may be created, removed or replaced at any time. @param options.stays see openLogReader */
export function sqliteReader(path: string, options: { readonly stays?: boolean } = {}): LogReader {
  const held = options.stays === true ? heldDatabase(path) : undefined;
  return readerOf(
    path,
    () => (held === undefined ? openLogReadonly(path) : held.current()),
    (database) => held ?? database.close(),
    () => held?.close(),
  );
}

function readerOf(
  path: string,
  open: () => SqliteDatabase | undefined,
  done: (database: SqliteDatabase) => void = () => {},
  close: () => void = () => {},
): LogReader {
  return sqlReader({
    async use(empty, work) {
      const database = open();
      if (database === undefined) return empty;
      const ask: Ask = async <T>(sql: string, values: readonly unknown[] = []) => {
        // Parameters by name: "1" is the workspace, of which a file has one.
        const named = Object.fromEntries([null, ...values].map((value, i) => [i + 1, value]));
        return withSqliteErrors(logSchema(path), () => database.prepare<unknown[], T>(sql).all(named));
      };
      try {
        return await work(ask);
      } finally {
        done(database);
      }
    },
    exists: async () => existsSync(path),
    close,
    table: "predictions",
    // CROSS JOIN makes SQLite read the predictions first, in index order, so that it never sorts the log.
    joins: "CROSS JOIN models m USING (model) LEFT JOIN labels l USING (seq)",
    scope: "true",
    values: "NULL AS class, p.prediction AS value",
    labelled: 'NULL AS "labelClass", l.label AS "labelValue"',
    milliseconds: (column) => column,
    time: (number) => number,
    among: (column) => `${column} IN (SELECT value FROM json_each($2))`,
    list: (values) => JSON.stringify(values),
    contains: "instr",
    unlabelled: "l.seq IS NULL",
    wrong: "l.label <> p.prediction",
    is: (prediction, next) => `cast(p.prediction AS TEXT) = ${next(prediction)}`,
    models: "models m WHERE EXISTS (SELECT 1 FROM predictions p WHERE p.model = m.model)",
    total: "SELECT (SELECT count(*) FROM predictions) AS predictions, (SELECT count(*) FROM labels) AS labelled",
  });
}

/** Reads on a connection that stays open. @param path for error messages */
export function readerOn(database: SqliteDatabase, path: string): LogReader {
  return readerOf(path, () => database);
}

/** The log of this machine as the target of labels. */
export function sqliteLabels(path: string): LabelTarget {
  const database = openLogDatabase(path);
  const put = database.prepare(
    `INSERT INTO labels (seq, label, labelled_at) VALUES (?, ?, ?)
     ON CONFLICT (seq) DO UPDATE SET label = excluded.label, labelled_at = excluded.labelled_at`,
  );
  return {
    reader: readerOn(database, path),
    async locked(work) {
      database.exec("BEGIN IMMEDIATE");
      try {
        await work();
        database.exec("COMMIT");
      } catch (error) {
        if (database.inTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    async write(labels) {
      for (const { seq, label, at } of labels) put.run(seq, label, at);
    },
    close: () => database.close(),
  };
}

/** Reopens a file that was replaced. */
function heldDatabase(path: string) {
  let open: { readonly database: SqliteDatabase; readonly identity: string } | undefined;
  return {
    current(): SqliteDatabase | undefined {
      const identity = identityOf(path);
      if (open !== undefined && open.identity === identity && !open.database.memory) return open.database;
      open?.database.close();
      open = undefined;
      const opened = openLogReadonly(path, { stays: true });
      if (opened !== undefined) open = { database: opened, identity };
      return opened;
    },
    close: () => open?.database.close(),
  };
}

/**
 * Opens nothing yet.
 * @param options.stays the log stays open between calls, and later writes of other processes are seen
 */
export function openLogReader({ database, shared }: LogPlace, options: { readonly stays?: boolean } = {}): LogReader {
  return shared === undefined ? sqliteReader(predictionLogPath(database), options) : postgresReader(shared);
}
