/** Reads logged predictions and their labels one by one, so that memory does not grow with the log. */
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { openLogReadonly, queryLog, withLogErrors } from "./openLogDatabase.ts";

export interface JoinedPrediction extends LoggedPrediction {
  /** The label, once it has arrived; of the same type as the prediction. */
  readonly label: string | number | null;
  /** When the label was joined, in milliseconds since 1970. */
  readonly labelledAt: number | null;
}

export interface PredictionFilter {
  /** Milliseconds since 1970, inclusive. */
  readonly since?: number | undefined;
  /** Milliseconds since 1970, exclusive. */
  readonly until?: number | undefined;
  readonly runId?: string | undefined;
  readonly labelled?: boolean | undefined;
  /** False: without forecasts. */
  readonly forecasts?: boolean | undefined;
  /** Maximum number of predictions. */
  readonly limit?: number | undefined;
  /** Default: oldest first. */
  readonly newestFirst?: boolean | undefined;
}

export const LIST_COLUMNS = `p.prediction_id AS predictionId, p.at AS at, m.run_id AS runId, m.sha256 AS modelSha256,
  p.prediction AS prediction, p.probability AS probability, p.source AS source, l.label AS label, l.labelled_at AS labelledAt`;

export const COLUMNS = `${LIST_COLUMNS}, p.inputs AS inputs`;

/** Follows the predictions `p`. CROSS JOIN makes SQLite read them first, in index order, so that it never sorts the log. */
export const JOINS = "CROSS JOIN models m USING (model) LEFT JOIN labels l USING (seq)";

/** Enough matches of a prefix to report that it is ambiguous. */
const MAX_MATCHES = 3;

/** A row as SQLite returns it. */
export type Stored<Row> = Omit<Row, "inputs"> & { readonly inputs: string };

/** In the order of time; nothing if there is no log. @throws {MlctlError} if the log is damaged */
export function* readPredictions(path: string, filter: PredictionFilter = {}): Generator<JoinedPrediction> {
  const database = openLogReadonly(path);
  if (database === undefined) return;
  try {
    const { sql, values } = queryOf(filter);
    const statement = database.prepare<unknown[], Stored<JoinedPrediction>>(sql);
    for (const row of withLogErrors(path, () => statement.iterate(...values))) yield withInputs(row);
  } finally {
    database.close();
  }
}

/** Predictions whose id begins with `prefix`, at most three. */
export function findPredictions(path: string, prefix: string): JoinedPrediction[] {
  return queryLog(path, [], (log) => predictionsByPrefix<JoinedPrediction>(log, COLUMNS, prefix));
}

export function predictionsByPrefix<Row extends JoinedPrediction>(
  log: SqliteDatabase,
  columns: string,
  prefix: string,
): Row[] {
  // A range, so that SQLite uses the index: "g" sorts after every hexadecimal digit.
  const sql = `SELECT ${columns} FROM predictions p ${JOINS}
    WHERE p.prediction_id >= ? AND p.prediction_id < ? ORDER BY p.prediction_id LIMIT ?`;
  return log.prepare<unknown[], Stored<Row>>(sql).all(prefix, `${prefix}g`, MAX_MATCHES).map(withInputs);
}

export interface LogCounts {
  readonly predictions: number;
  readonly labelled: number;
}

/** Counts the predictions that match the filter. */
export function countPredictions(path: string, filter: PredictionFilter = {}): LogCounts {
  const { where, values } = conditionsOf(filter);
  const sql = `SELECT count(*) AS predictions, count(l.label) AS labelled FROM predictions p ${JOINS} ${where}`;
  const nothing: LogCounts = { predictions: 0, labelled: 0 };
  return queryLog(path, nothing, (log) => log.prepare(sql).get(...values) as LogCounts);
}

function queryOf(filter: PredictionFilter): { sql: string; values: (string | number)[] } {
  const { where, values } = conditionsOf(filter);
  const order = filter.newestFirst === true ? "DESC" : "ASC";
  // Predictions of the same millisecond keep the order in which they were written.
  const sql = `SELECT ${COLUMNS} FROM predictions p ${JOINS} ${where} ORDER BY p.at ${order}, p.seq ${order} LIMIT ?`;
  return { sql, values: [...values, filter.limit ?? -1] };
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
