/** Labels of the predictions that several machines share, in Postgres. */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { connect, inTransaction, LABEL_LOCK, lockKey } from "../postgres/connect.ts";
import { ensureSchema } from "../postgres/schema.ts";
import type { LabelTarget } from "./logReader.ts";
import { postgresReader } from "./postgresReader.ts";
import { addToHours } from "./postgresWriter.ts";

export async function postgresLabels(address: DatabaseAddress): Promise<LabelTarget> {
  const connection = await connect(address, "mlctl labels");
  await ensureSchema(connection, address);
  const { workspace } = address;
  return {
    reader: postgresReader(address, { use: (work) => work(connection), end: () => {} }),
    locked: (work) =>
      inTransaction(connection, async () => {
        await connection.query("SELECT pg_advisory_xact_lock($1, $2)", [LABEL_LOCK, lockKey(workspace)]);
        await work();
      }),
    async write(labels) {
      if (labels.length === 0) return;
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
    },
    close: () => void connection.end(),
  };
}
