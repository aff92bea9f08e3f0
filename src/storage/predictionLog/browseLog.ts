/** The prediction log for pages: a handle that stays open, and questions whose cost does not grow with the log. */
import { statSync } from "node:fs";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { openLogReadonly, withLogErrors } from "./openLogDatabase.ts";
import type { JoinedPrediction } from "./readPredictions.ts";

/** Filters look at so many of the newest predictions: a rare class must not make a page read a million rows. */
export const ROWS_LOOKED_AT = 20_000;

export interface LogEntry extends JoinedPrediction {
  /** The order of writing. */
  readonly seq: number;
}

export interface LogQuery {
  /** Only what is older than this one. */
  readonly before?: Pick<LogEntry, "at" | "seq"> | undefined;
  readonly runId?: string | undefined;
  readonly labelled?: boolean | undefined;
  /** As it is told: a class by its name. */
  readonly prediction?: string | undefined;
  /** Whose truth is another than the answer. */
  readonly wrong?: boolean | undefined;
  readonly limit: number;
}

export interface LogPage {
  /** Newest first. */
  readonly entries: readonly LogEntry[];
  /** There are more than were looked at: older ones may fit as well. */
  readonly isPartial: boolean;
}

export interface LogTotals {
  readonly predictions: number;
  readonly labelled: number;
  readonly since: number;
  readonly newestAt: number | null;
}

export interface LogBrowser {
  page(query: LogQuery): LogPage;
  /** Those whose id begins so, at most three. */
  find(prefix: string): LogEntry[];
  /** @param since milliseconds since 1970: predictions from then on are counted apart */
  totals(since: number): LogTotals;
  close(): void;
}

/** The file may come, go, or be replaced meanwhile. */
export function browseLog(path: string): LogBrowser {
  let open: { readonly database: SqliteDatabase; readonly identity: string } | undefined;
  const database = (): SqliteDatabase | undefined => {
    const identity = identityOf(path);
    if (open !== undefined && open.identity === identity) return open.database;
    open?.database.close();
    open = undefined;
    const opened = openLogReadonly(path, { stays: true });
    if (opened !== undefined) open = { database: opened, identity };
    return opened;
  };
  const ask = <T>(work: (opened: SqliteDatabase) => T, nothing: T): T => {
    const opened = database();
    return opened === undefined ? nothing : withLogErrors(path, () => work(opened));
  };
  return {
    page: (query) => ask((opened) => pageOf(opened, query), { entries: [], isPartial: false }),
    find: (prefix) => ask((opened) => found(opened, prefix), []),
    totals: (since) =>
      ask((opened) => totalsOf(opened, since), { predictions: 0, labelled: 0, since: 0, newestAt: null }),
    close: () => open?.database.close(),
  };
}

const COLUMNS = `p.seq AS seq, p.prediction_id AS "predictionId", p.at AS at, m.run_id AS "runId", m.sha256 AS "modelSha256", p.inputs AS inputs,
  p.prediction AS prediction, p.probability AS probability, p.source AS source, l.label AS label, l.labelled_at AS "labelledAt"`;
const LATEST = { at: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };
const JOINS = "CROSS JOIN models m USING (model) LEFT JOIN labels l USING (seq)";

type Row = Omit<LogEntry, "inputs"> & { readonly inputs: string };

function pageOf(database: SqliteDatabase, query: LogQuery): LogPage {
  const { before = LATEST, runId, labelled, prediction, wrong, limit } = query;
  const older = "at <= ? AND (at, seq) < (?, ?)";
  const place = [before.at, before.at, before.seq];
  const newest = `SELECT * FROM predictions WHERE ${older} ORDER BY at DESC, seq DESC LIMIT ?`;
  const conditions: (readonly [string, string | null])[] = [];
  if (runId !== undefined) conditions.push(["m.run_id = ?", runId]);
  if (labelled !== undefined) conditions.push([`l.label IS ${labelled ? "NOT NULL" : "NULL"}`, null]);
  if (prediction !== undefined) conditions.push(["cast(p.prediction AS TEXT) = ?", prediction]);
  if (wrong === true) conditions.push(["l.label IS NOT NULL AND l.label <> p.prediction", null]);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  const looked = conditions.length === 0 ? limit : ROWS_LOOKED_AT;
  const rows = database
    .prepare<unknown[], Row>(
      `SELECT ${COLUMNS} FROM (${newest}) p ${JOINS} ${where} ORDER BY p.at DESC, p.seq DESC LIMIT ?`,
    )
    .all(...place, looked, ...conditions.flatMap(([, value]) => (value === null ? [] : [value])), limit);
  const beyond = `SELECT 1 FROM predictions WHERE ${older} LIMIT 1 OFFSET ?`;
  const isPartial =
    conditions.length > 0 && rows.length < limit && database.prepare(beyond).get(...place, looked) !== undefined;
  return { entries: rows.map(joined), isPartial };
}

function found(database: SqliteDatabase, prefix: string): LogEntry[] {
  const sql = `SELECT ${COLUMNS} FROM predictions p ${JOINS}
    WHERE p.prediction_id >= ? AND p.prediction_id < ? ORDER BY p.prediction_id LIMIT 3`;
  // A range, so that the index is used: "g" comes after every hexadecimal digit.
  return database.prepare<unknown[], Row>(sql).all(prefix, `${prefix}g`).map(joined);
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

function joined(row: Row): LogEntry {
  return { ...row, inputs: JSON.parse(row.inputs) as JoinedPrediction["inputs"] };
}

function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.dev} ${stat.ino}`;
}
