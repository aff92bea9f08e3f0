/** Reads the prediction log for web pages: an open connection, and queries whose cost does not grow with the log. */
import { identityOf, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { openLogReadonly, withLogErrors } from "./openLogDatabase.ts";
import { COLUMNS, JOINS, LIST_COLUMNS, predictionsByPrefix, type JoinedPrediction } from "./readPredictions.ts";

/** Maximum number of predictions that a filter reads, newest first, so that a page with a rare class stays fast. */
export const ROWS_LOOKED_AT = 20_000;

export interface LogEntry extends JoinedPrediction {
  /** Numbers rows in the order of writing. */
  readonly seq: number;
}

export interface LogQuery {
  /** Only predictions older than this one. */
  readonly before?: Pick<LogEntry, "at" | "seq"> | undefined;
  readonly runId?: string | undefined;
  readonly labelled?: boolean | undefined;
  /** The prediction as a string; for a class, its name. */
  readonly prediction?: string | undefined;
  /** Only predictions that differ from their label. */
  readonly wrong?: boolean | undefined;
  readonly limit: number;
}

/** Without the inputs, which can be large. */
export type ListedEntry = Omit<LogEntry, "inputs">;

export interface LogPage {
  /** Newest first. */
  readonly entries: readonly ListedEntry[];
  /** The filter stopped at ROWS_LOOKED_AT: older rows may also match. */
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
  /** Predictions whose id begins with `prefix`, at most three. */
  find(prefix: string): LogEntry[];
  /** @param since milliseconds since 1970: predictions from then on are also counted separately */
  totals(since: number): LogTotals;
  close(): void;
}

/** The file may be created, removed or replaced at any time. */
export function browseLog(path: string): LogBrowser {
  let open: { readonly database: SqliteDatabase; readonly identity: string } | undefined;
  const database = (): SqliteDatabase | undefined => {
    const identity = identityOf(path);
    if (open !== undefined && open.identity === identity && !open.database.memory) return open.database;
    open?.database.close();
    open = undefined;
    const opened = openLogReadonly(path, { stays: true });
    if (opened !== undefined) open = { database: opened, identity };
    return opened;
  };
  const query = <T>(work: (opened: SqliteDatabase) => T, empty: T): T => {
    const opened = database();
    return opened === undefined ? empty : withLogErrors(path, () => work(opened));
  };
  return {
    page: (filter) => query((opened) => pageOf(opened, filter), { entries: [], isPartial: false }),
    find: (prefix) => query((opened) => predictionsByPrefix<LogEntry>(opened, NUMBERED_COLUMNS, prefix), []),
    totals: (since) =>
      query((opened) => totalsOf(opened, since), { predictions: 0, labelled: 0, since: 0, newestAt: null }),
    close: () => open?.database.close(),
  };
}

const NUMBERED_COLUMNS = `p.seq AS seq, ${COLUMNS}`;
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
