/** Joins labels to the predictions that several machines share, in Postgres. */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { connect, type Connection, LABEL_LOCK, lockKey, inTransaction } from "../postgres/connect.ts";
import { ensureSchema } from "../postgres/schema.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { CHUNK_ROWS, type LabelTarget, type Pair } from "./labelTarget.ts";
import { addToHours } from "./postgresWriter.ts";

interface Known {
  readonly seq: number;
  readonly class: string | null;
  readonly value: number | null;
  readonly knownClass: string | null;
  readonly knownValue: number | null;
}

type Staged = Pick<Pair, "seq" | "key" | "label" | "line">;

/** Opens a connection. */
export async function postgresLabels(address: DatabaseAddress): Promise<LabelTarget> {
  const connection = await connect(address, "mlctl labels");
  const { workspace } = address;
  await ensureSchema(connection, address);
  const lock = (): Promise<unknown> =>
    connection.query("SELECT pg_advisory_xact_lock($1, $2)", [LABEL_LOCK, lockKey(workspace)]);
  return {
    async match(staged, keyOf) {
      const put = staged.prepare("INSERT INTO found SELECT ?, key FROM staged WHERE key = ?");
      const putAll = staged.transaction((found: readonly { seq: number; key: string | null }[]) => {
        for (const { seq, key } of found) if (key !== null) put.run(seq, key);
      });
      if (keyOf === null) {
        for (const keys of stagedKeys(staged)) {
          putAll(
            await connection.query(
              `SELECT seq::float8 AS seq, prediction_id AS key FROM logged_prediction
               WHERE workspace = $1 AND prediction_id = ANY ($2)`,
              [workspace, keys],
            ),
          );
        }
        return;
      }
      for (let after = 0; ;) {
        const rows = await connection.query<{ seq: number; inputs: string }>(
          "SELECT seq::float8 AS seq, inputs FROM logged_prediction WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3",
          [workspace, after, CHUNK_ROWS],
        );
        putAll(rows.map(({ seq, inputs }) => ({ seq, key: keyOf(JSON.parse(inputs) as LoggedPrediction["inputs"]) })));
        if (rows.length < CHUNK_ROWS) return;
        after = rows.at(-1)!.seq;
      }
    },
    async record(staged, choose, now) {
      const some = staged.prepare<unknown[], Staged>(
        "SELECT f.seq, s.key, s.label, s.line FROM found f CROSS JOIN staged s USING (key) WHERE f.seq > ? ORDER BY f.seq LIMIT ?",
      );
      for (let chunk = some.all(0, CHUNK_ROWS); chunk.length > 0; chunk = some.all(chunk.at(-1)!.seq, CHUNK_ROWS)) {
        const asked = chunk;
        await inTransaction(connection, async () => {
          // Of two imports at once, the second sees the labels of the first.
          await lock();
          const rows = await connection.query<Known>(
            `SELECT seq::float8 AS seq, p.class, p.value, l.class AS "knownClass", l.value AS "knownValue"
             FROM logged_prediction p LEFT JOIN logged_label l USING (seq) WHERE seq = ANY ($1)`,
            [asked.map(({ seq }) => seq)],
          );
          const bySeq = new Map(rows.map((row) => [row.seq, row]));
          const labels = asked.flatMap((each) => {
            const row = bySeq.get(each.seq);
            if (row === undefined) return [];
            const known = row.knownClass ?? row.knownValue;
            const label = choose({ ...each, prediction: row.class ?? row.value, known });
            return label === undefined ? [] : [{ seq: each.seq, label, isNew: known === null, at: now }];
          });
          if (labels.length > 0) await writeLabels(connection, workspace, labels);
        });
      }
    },
    close: () => void connection.end(),
  };
}

export interface LabelToWrite {
  readonly seq: number;
  readonly label: string | number;
  /** The prediction has none yet. */
  readonly isNew: boolean;
  /** When it was joined, in milliseconds since 1970. */
  readonly at: number;
}

export async function writeLabels(
  connection: Connection,
  workspace: string,
  labels: readonly LabelToWrite[],
): Promise<void> {
  await connection.query(
    `WITH given AS (
       SELECT * FROM unnest($2::bigint[], $3::text[], $4::float8[], $5::bool[], $6::float8[]) AS row (seq, class, value, is_new, labelled_at)
     ), put AS (
       INSERT INTO logged_label (seq, class, value, labelled_at) SELECT seq, class, value, to_timestamp(labelled_at / 1000) FROM given
       ON CONFLICT (seq) DO UPDATE SET class = excluded.class, value = excluded.value, labelled_at = excluded.labelled_at
     ) ${addToHours("(SELECT p.*, 0 AS predictions, 1 AS labelled FROM given JOIN logged_prediction p USING (seq) WHERE is_new) AS added")}`,
    [
      workspace,
      labels.map(({ seq }) => seq),
      labels.map(({ label }) => (typeof label === "string" ? label : null)),
      labels.map(({ label }) => (typeof label === "number" ? label : null)),
      labels.map(({ isNew }) => isNew),
      labels.map(({ at }) => at),
    ],
  );
}

function* stagedKeys(staged: SqliteDatabase): Generator<string[]> {
  const some = staged.prepare<unknown[], string>("SELECT key FROM staged WHERE key > ? ORDER BY key LIMIT ?").pluck();
  for (let keys = some.all("", CHUNK_ROWS); keys.length > 0; keys = some.all(keys.at(-1)!, CHUNK_ROWS)) yield keys;
}
