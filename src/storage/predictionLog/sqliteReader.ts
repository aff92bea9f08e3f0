/** Reads the prediction log of one machine, a SQLite file. */
import { existsSync } from "node:fs";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { identityOf, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { openLogReadonly, queryLog, withLogErrors } from "./openLogDatabase.ts";
import {
  MAX_MATCHES,
  ROWS_LOOKED_AT,
  type JoinedPrediction,
  type ListedEntry,
  type LogCounts,
  type LogEntry,
  type LogPage,
  type LogQuery,
  type LogReader,
  type LogTotals,
  type PredictionFilter,
} from "./logReader.ts";

/** The file may be created, removed or replaced at any time. @param options.stays see openLogReader */
export function sqliteReader(path: string, options: { readonly stays?: boolean } = {}): LogReader {
  const held = options.stays === true ? heldDatabase(path) : undefined;
  const query = async <T>(work: (opened: SqliteDatabase) => T, empty: T): Promise<T> => {
    if (held === undefined) return queryLog(path, empty, work);
    const opened = held.current();
    return opened === undefined ? empty : withLogErrors(path, () => work(opened));
  };
  return {
    exists: async () => existsSync(path),
    rows: (filter = {}) => query((log) => rowsOf(log, filter), []),
    count: (filter = {}) => query((log) => countOf(log, filter), { predictions: 0, labelled: 0 }),
    find: (prefix) => query((log) => predictionsByPrefix(log, prefix), []),
    page: (asked) => query((log) => pageOf(log, asked), { entries: [], isPartial: false }),
    totals: (since) => query((log) => totalsOf(log, since), { predictions: 0, labelled: 0, since: 0, newestAt: null }),
    models: async () => {
      const rows = await query(modelsOf, []);
      const runIds = new Set(rows.flatMap(({ run_id: runId }) => (runId === null ? [] : [runId])));
      return { runIds, sha256s: new Set(rows.map(({ sha256 }) => sha256)) };
    },
    close: () => held?.close(),
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

const LIST_COLUMNS = `p.prediction_id AS predictionId, p.at AS at, m.run_id AS runId, m.sha256 AS modelSha256,
  p.prediction AS prediction, p.probability AS probability, p.source AS source, l.label AS label, l.labelled_at AS labelledAt`;

/** Follows the predictions `p`. CROSS JOIN makes SQLite read them first, in index order, so that it never sorts the log. */
const JOINS = "CROSS JOIN models m USING (model) LEFT JOIN labels l USING (seq)";

/** A row as SQLite returns it. */
type Stored<Row> = Omit<Row, "inputs"> & { readonly inputs: string };

function rowsOf(log: SqliteDatabase, { limit = -1, ...filter }: NonNullable<Parameters<LogReader["rows"]>[0]>) {
  const { where, values } = conditionsOf(filter);
  // Predictions of the same millisecond keep the order in which they were written.
  const sql = `SELECT ${LIST_COLUMNS}, p.inputs AS inputs FROM predictions p ${JOINS} ${where} ORDER BY p.at DESC, p.seq DESC LIMIT ?`;
  const rows: JoinedPrediction[] = [];
  for (const row of log.prepare<unknown[], Stored<JoinedPrediction>>(sql).iterate(...values, limit))
    rows.push(withInputs(row));
  return rows.toReversed();
}

function countOf(log: SqliteDatabase, filter: PredictionFilter): LogCounts {
  const { where, values } = conditionsOf(filter);
  const sql = `SELECT count(*) AS predictions, count(l.label) AS labelled FROM predictions p ${JOINS} ${where}`;
  return log.prepare(sql).get(...values) as LogCounts;
}

function predictionsByPrefix(log: SqliteDatabase, prefix: string): LogEntry[] {
  // A range, so that SQLite uses the index: "g" sorts after every hexadecimal digit.
  const sql = `SELECT p.seq AS seq, ${LIST_COLUMNS}, p.inputs AS inputs FROM predictions p ${JOINS}
    WHERE p.prediction_id >= ? AND p.prediction_id < ? ORDER BY p.prediction_id LIMIT ?`;
  return log.prepare<unknown[], Stored<LogEntry>>(sql).all(prefix, `${prefix}g`, MAX_MATCHES).map(withInputs);
}

const LATEST = { at: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };

function pageOf(database: SqliteDatabase, query: LogQuery): LogPage {
  const { before = LATEST, runId, labelled, prediction, wrong, limit } = query;
  const older = "at <= ? AND (at, seq) < (?, ?)";
  const position = [before.at, before.at, before.seq];
  const newest = `SELECT seq, prediction_id, at, model, prediction, probability, source FROM predictions WHERE ${older} ORDER BY at DESC, seq DESC LIMIT ?`;
  const conditions: (readonly [string, string | null])[] = [];
  if (runId !== undefined) conditions.push(["m.run_id = ?", runId]);
  if (labelled !== undefined) conditions.push([`l.label IS ${labelled ? "NOT NULL" : "NULL"}`, null]);
  if (prediction !== undefined) conditions.push(["cast(p.prediction AS TEXT) = ?", prediction]);
  if (wrong === true) conditions.push(["l.label IS NOT NULL AND l.label <> p.prediction", null]);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  const scanned = conditions.length === 0 ? limit : ROWS_LOOKED_AT;
  const rows = database
    .prepare<unknown[], ListedEntry>(
      `SELECT p.seq AS seq, ${LIST_COLUMNS} FROM (${newest}) p ${JOINS} ${where} ORDER BY p.at DESC, p.seq DESC LIMIT ?`,
    )
    .all(...position, scanned, ...conditions.flatMap(([, value]) => (value === null ? [] : [value])), limit);
  const beyond = `SELECT 1 FROM predictions WHERE ${older} LIMIT 1 OFFSET ?`;
  const isPartial =
    conditions.length > 0 && rows.length < limit && database.prepare(beyond).get(...position, scanned) !== undefined;
  return { entries: rows, isPartial };
}

function totalsOf(database: SqliteDatabase, since: number): LogTotals {
  const count = (sql: string, ...values: number[]): number =>
    database
      .prepare<unknown[], number>(sql)
      .pluck()
      .get(...values) ?? 0;
  return {
    predictions: count("SELECT count(*) FROM predictions"),
    labelled: count("SELECT count(*) FROM labels"),
    since: count("SELECT count(*) FROM predictions WHERE at >= ?", since),
    newestAt: database.prepare<unknown[], number | null>("SELECT max(at) FROM predictions").pluck().get() ?? null,
  };
}

function modelsOf(log: SqliteDatabase): { readonly run_id: string | null; readonly sha256: string }[] {
  const used = "EXISTS (SELECT 1 FROM predictions AS p WHERE p.model = m.model)";
  return log
    .prepare<[], { run_id: string | null; sha256: string }>(`SELECT run_id, sha256 FROM models AS m WHERE ${used}`)
    .all();
}

function conditionsOf({ since, until, runId, labelled, forecasts }: PredictionFilter): {
  where: string;
  values: (string | number)[];
} {
  const conditions: [string, (string | number)[]][] = [];
  if (since !== undefined) conditions.push(["p.at >= ?", [since]]);
  if (until !== undefined) conditions.push(["p.at < ?", [until]]);
  if (runId !== undefined) conditions.push(["m.run_id = ?", [runId]]);
  if (labelled !== undefined) conditions.push([`l.label IS ${labelled ? "NOT NULL" : "NULL"}`, []]);
  if (forecasts === false) conditions.push(["p.source <> 'forecast'", []]);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  return { where, values: conditions.flatMap(([, parameters]) => parameters) };
}

function withInputs<Row extends JoinedPrediction>(row: Stored<Row>): Row {
  return { ...row, inputs: JSON.parse(row.inputs) as LoggedPrediction["inputs"] } as Row;
}
