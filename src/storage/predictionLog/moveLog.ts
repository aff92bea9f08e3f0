/** Moves the prediction log of a workspace to Postgres, and back: each prediction with its label, in the order of writing. */
import { existsSync } from "node:fs";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { connect, noneYet } from "../postgres/connect.ts";
import { batchWriter } from "./batchWriter.ts";
import { openLogDatabase } from "./openLogDatabase.ts";
import type { LoggedRow, Retention } from "./loggedRow.ts";
import { writeLabels } from "./postgresLabels.ts";
import { postgresWriter } from "./postgresWriter.ts";

const ROWS = 5000;
const KEEP_ALL: Retention = { days: null, rows: null, bytes: null };

interface Stored {
  readonly seq: number;
  readonly prediction_id: string;
  readonly at: number;
  readonly run_id: string | null;
  readonly sha256: string;
  readonly inputs: string;
  readonly prediction: string | number;
  readonly probability: number | null;
  readonly source: string;
  readonly label: string | number | null;
  readonly labelled_at: number | null;
}

const loggedRowOf = (row: Stored): LoggedRow => [
  row.prediction_id,
  row.at,
  row.run_id,
  row.sha256,
  row.inputs,
  row.prediction,
  row.probability,
  row.source,
];

/** The same call again goes on where a kill ended it. @param onRows called with the number so far @returns the number of predictions */
export async function moveLogIn(
  path: string,
  address: DatabaseAddress,
  onRows: (rows: number) => void,
): Promise<number> {
  if (!existsSync(path)) return 0;
  const from = openLogDatabase(path);
  const writer = await postgresWriter(address, KEEP_ALL);
  const connection = await connect(address, "mlctl share");
  try {
    const some = from.prepare<unknown[], Stored>(
      `SELECT p.seq, prediction_id, at, run_id, sha256, inputs, prediction, probability, source, label, labelled_at
       FROM predictions p CROSS JOIN models USING (model) LEFT JOIN labels USING (seq) WHERE p.seq > ? ORDER BY p.seq LIMIT ?`,
    );
    let [count, after] = [0, 0];
    for (let isClosed = false; ;) {
      const rows = some.all(after, ROWS);
      if (rows.length === 0 && isClosed) return count;
      if (rows.length === 0) {
        // A server that runs gets an error from here on, which it reports; what it wrote until now comes as well.
        from.exec(CLOSE);
        isClosed = true;
        continue;
      }
      after = rows.at(-1)!.seq;
      await writer.write(rows.map(loggedRowOf));
      const labelled = new Map(rows.filter(({ label }) => label !== null).map((row) => [row.prediction_id, row]));
      const there = await connection.query<{ seq: number; id: string; is_new: boolean }>(
        `SELECT p.seq::float8 AS seq, prediction_id AS id, l.seq IS NULL AS is_new
         FROM logged_prediction p LEFT JOIN logged_label l USING (seq) WHERE workspace = $1 AND prediction_id = ANY ($2)`,
        [address.workspace, [...labelled.keys()]],
      );
      const labels = there.map(({ seq, id, is_new: isNew }) => {
        const { label, labelled_at: at } = labelled.get(id)!;
        return { seq, label: label!, isNew, at: at! };
      });
      if (labels.length > 0) await writeLabels(connection, address.workspace, labels);
      onRows((count += rows.length));
    }
  } finally {
    from.close();
    writer.close();
    await connection.end();
  }
}

const CLOSE = `CREATE TRIGGER IF NOT EXISTS moved BEFORE INSERT ON predictions
  BEGIN SELECT RAISE(ABORT, 'the predictions are in Postgres now: restart this server'); END`;

/** After `moveLogIn`, where the workspace stays in the folders all the same. */
export function reopenLog(path: string): void {
  if (!existsSync(path)) return;
  const log = openLogDatabase(path);
  log.exec("DROP TRIGGER IF EXISTS moved");
  log.close();
}

/** The predictions stay in Postgres, for views. @returns the number of predictions */
export async function moveLogOut(
  address: DatabaseAddress,
  path: string,
  onRows: (rows: number) => void,
): Promise<number> {
  const connection = await connect(address, "mlctl share");
  const some = async (after: number): Promise<Stored[]> => {
    const rows = await connection
      .query<Stored & Record<"class" | "label_class", string | null> & Record<"value" | "label_value", number | null>>(
        `SELECT seq::float8 AS seq, prediction_id, round(date_part('epoch', at) * 1000) AS at, run_id, sha256, inputs, p.class, p.value,
           probability, source, l.class AS label_class, l.value AS label_value, round(date_part('epoch', labelled_at) * 1000) AS labelled_at
         FROM logged_prediction p JOIN logged_model USING (model) LEFT JOIN logged_label l USING (seq)
         WHERE p.workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
        [address.workspace, after, ROWS],
      )
      .catch(noneYet([]));
    return rows.map((row) => ({
      ...row,
      prediction: (row.class ?? row.value)!,
      label: row.label_class ?? row.label_value,
    }));
  };
  try {
    let rows = await some(0);
    if (rows.length === 0) return 0;
    const to = openLogDatabase(path);
    const write = batchWriter(to, KEEP_ALL);
    const put = to.prepare(
      `INSERT INTO labels (seq, label, labelled_at) SELECT seq, ?, ? FROM predictions WHERE prediction_id = ?
       ON CONFLICT (seq) DO UPDATE SET label = excluded.label, labelled_at = excluded.labelled_at`,
    );
    const putAll = to.transaction((labelled: readonly Stored[]) => {
      for (const { label, labelled_at: at, prediction_id: id } of labelled) if (label !== null) put.run(label, at, id);
    });
    let count = 0;
    for (; rows.length > 0; rows = await some(rows.at(-1)!.seq)) {
      write(rows.map(loggedRowOf));
      putAll(rows);
      onRows((count += rows.length));
    }
    to.close();
    return count;
  } finally {
    await connection.end();
  }
}
