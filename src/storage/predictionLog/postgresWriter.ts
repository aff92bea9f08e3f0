/** Writes batches of predictions to the log in Postgres, one transaction each, and applies the retention. */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { connect, sqlState, type Connection, LOG_LOCK, lockKey, inTransaction } from "../postgres/connect.ts";
import { refuseMoved } from "../postgres/rows.ts";
import { ensureSchema } from "../postgres/schema.ts";
import { modelsOf, ROWS_BETWEEN_RETENTIONS } from "./openLogDatabase.ts";
import type { LoggedRow, LogWriter, Retention, Written } from "./logReader.ts";

/** A server that is away is noticed after this time; the batch is then sent again, which writes no row twice. */
const ANSWER_MILLISECONDS = 10_000;

/** Opens a connection. Rows go to a log that may be shared with other processes and machines. */
export async function postgresWriter(address: DatabaseAddress, retention: Retention): Promise<LogWriter> {
  const connection = await connect(address, "mlctl log", ANSWER_MILLISECONDS, ANSWER_MILLISECONDS);
  const { workspace } = address;
  await ensureSchema(connection, address);
  const knownModels = new Set<string>();
  let rowsSinceRetention = ROWS_BETWEEN_RETENTIONS;
  /** Halves a batch that has a row which Postgres rejects, until that row is alone. */
  const write = async (rows: readonly LoggedRow[]): Promise<Written> => {
    try {
      for (const [name, model] of modelsOf(rows)) {
        if (knownModels.has(name)) continue;
        await connection.query(ADD_MODEL, [workspace, ...model]);
        knownModels.add(name);
      }
      await insert(connection, workspace, rows);
      return { written: rows.length, refused: 0, problem: null };
    } catch (error) {
      if (!connection.isOpen() || !isOfRow(error)) throw error;
      if (rows.length === 1) return { written: 0, refused: 1, problem: `row ${rows[0]![0]}: ${String(error)}` };
      const half = Math.ceil(rows.length / 2);
      const [first, second] = [await write(rows.slice(0, half)), await write(rows.slice(half))];
      return {
        written: first.written + second.written,
        refused: first.refused + second.refused,
        problem: second.problem ?? first.problem,
      };
    }
  };
  return {
    async write(rows) {
      await refuseMoved(connection, address);
      const result = await write(rows);
      rowsSinceRetention += rows.length;
      const last = rows.at(-1);
      if (rowsSinceRetention >= ROWS_BETWEEN_RETENTIONS && last !== undefined) {
        rowsSinceRetention = 0;
        await retainRows(connection, workspace, retention, last[1]);
      }
      return result;
    },
    close: () => void connection.end(),
  };
}

/** Data that does not fit, such as an input of a gigabyte or a NUL in a class. */
function isOfRow(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? "");
}

/** Adds rows of (model, at, source, predictions, labelled) to the counts, in one order, so that no two writers wait for each other. */
export const addToHours = (from: string): string => `
  INSERT INTO logged_hour (workspace, hour, model, source, predictions, labelled)
  SELECT $1, date_trunc('hour', at, 'UTC'), model, source, sum(predictions), sum(labelled) FROM ${from}
  GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
  ON CONFLICT (workspace, hour, model, source) DO UPDATE
  SET predictions = logged_hour.predictions + excluded.predictions, labelled = logged_hour.labelled + excluded.labelled`;

const ADD_MODEL = "INSERT INTO logged_model (workspace, sha256, run_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

async function insert(connection: Connection, workspace: string, rows: readonly LoggedRow[]): Promise<void> {
  await connection.query(
    `WITH new AS (
       INSERT INTO logged_prediction (workspace, prediction_id, at, model, inputs, class, value, probability, source, request_id, threshold)
       SELECT $1, id, to_timestamp(at / 1000), (SELECT model FROM logged_model m
           WHERE m.workspace = $1 AND m.sha256 = row.sha256 AND coalesce(m.run_id, '') = coalesce(run, '')),
         inputs, class, value, probability, source, request_id, threshold
       FROM unnest($2::text[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::text[], $11::text[], $12::float8[])
         AS row (id, at, run, sha256, inputs, class, value, probability, source, request_id, threshold)
       ON CONFLICT (workspace, prediction_id) DO NOTHING RETURNING at, model, source
     ) ${addToHours("(SELECT *, 1 AS predictions, 0 AS labelled FROM new) AS added")}`,
    [
      workspace,
      rows.map(([id]) => id),
      rows.map(([, at]) => Math.trunc(at)),
      rows.map(([, , runId]) => runId),
      rows.map(([, , , sha256]) => sha256),
      rows.map(([, , , , inputs]) => inputs),
      rows.map(([, , , , , prediction]) => (typeof prediction === "string" ? prediction : null)),
      rows.map(([, , , , , prediction]) => (typeof prediction === "number" ? prediction : null)),
      rows.map(([, , , , , , probability]) => probability),
      rows.map(([, , , , , , , source]) => source),
      rows.map(([, , , , , , , , requestId]) => requestId),
      rows.map(([, , , , , , , , , threshold]) => threshold),
    ],
  );
}

const ROWS_AT_A_TIME = 5000;
/** Of a row beside its own columns: its header, its share of three indexes and of a label. */
const BYTES_BESIDE = 200;

/**
 * Deletes the oldest predictions with their labels, by age, row count and size, unless another process is at it.
 * @param now milliseconds since 1970
 */
export async function retainRows(
  connection: Connection,
  workspace: string,
  { days, rows, bytes }: Retention,
  now: number,
): Promise<void> {
  const key = [LOG_LOCK, lockKey(workspace)];
  /** @param oldest the rows to delete, given $2 @returns whether there may be more */
  const remove = (oldest: string, value: number): Promise<boolean> =>
    inTransaction(connection, async () => {
      const [lock] = await connection.query<{ ok: boolean }>("SELECT pg_try_advisory_xact_lock($1, $2) AS ok", key);
      if (lock?.ok !== true) return false;
      const [removed] = await connection.query<{ count: number }>(
        `WITH old AS (
           DELETE FROM logged_prediction WHERE seq IN (SELECT seq FROM logged_prediction WHERE workspace = $1 ${oldest})
           RETURNING seq, at, model, source
         ), marks AS (DELETE FROM logged_label USING old WHERE logged_label.seq = old.seq RETURNING logged_label.seq),
         less AS (${addToHours(`(SELECT old.*, -1 AS predictions, CASE WHEN marks.seq IS NULL THEN 0 ELSE -1 END AS labelled
           FROM old LEFT JOIN marks USING (seq)) AS gone`)})
         SELECT count(*)::int AS count FROM old`,
        [workspace, value],
      );
      return removed!.count === ROWS_AT_A_TIME;
    });
  if (days !== null) {
    const before = now - days * MILLISECONDS_A_DAY;
    while (await remove(`AND at < to_timestamp($2 / 1000.0) ORDER BY at LIMIT ${ROWS_AT_A_TIME}`, before));
  }
  const fits = bytes === null ? Infinity : bytes / (await bytesOfRow(connection, workspace));
  const kept = Math.floor(Math.min(rows ?? Infinity, fits));
  if (!Number.isFinite(kept)) return;
  const [counted] = await connection.query<{ count: number }>(
    "SELECT coalesce(sum(predictions), 0)::float8 AS count FROM logged_hour WHERE workspace = $1",
    [workspace],
  );
  for (let over = counted!.count - kept; over > 0; over -= ROWS_AT_A_TIME)
    if (!(await remove("ORDER BY at, seq LIMIT $2", Math.min(over, ROWS_AT_A_TIME)))) break;
}

/** Postgres does not give the space of deleted rows back to the disk, so the size of the tables says nothing. */
async function bytesOfRow(connection: Connection, workspace: string): Promise<number> {
  const [row] = await connection.query<{ bytes: number | null }>(
    `SELECT avg(pg_column_size(p.*))::float8 AS bytes
     FROM (SELECT * FROM logged_prediction WHERE workspace = $1 ORDER BY at DESC, seq DESC LIMIT 1000) p`,
    [workspace],
  );
  return (row?.bytes ?? 0) + BYTES_BESIDE;
}
