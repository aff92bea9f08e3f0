/** Reads the prediction log that several machines share, in Postgres. */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import {
  connect,
  type Connection,
  noneYet,
  onDemand,
  type OnDemand,
  inTransaction,
  LABEL_LOCK,
  lockKey,
} from "../postgres/connect.ts";
import { upgradeSchema, ensureSchema } from "../postgres/schema.ts";
import type { LogReader, LabelTarget } from "./logReader.ts";
import { sqlReader, type Ask } from "./sqlReader.ts";
import { addToHours } from "./postgresWriter.ts";

/** Connects on the first call, if no connection is given. */
export function postgresReader(
  address: DatabaseAddress,
  database: OnDemand = onDemand(async () => {
    const connection = await connect(address, "mlctl predictions");
    await upgradeSchema(connection, address);
    return connection;
  }),
): LogReader {
  /** No rows before anything was logged. */
  const askOn =
    (connection: Connection): Ask =>
    <T>(sql: string, values: readonly unknown[] = []) =>
      connection.query<T>(sql, [address.workspace, ...values]).catch(noneYet<T[]>([]));
  const ask: Ask = (sql, values) => database.use((connection) => askOn(connection)(sql, values));
  return sqlReader({
    use: (_empty, work) => work(ask),
    inOrder: (work) =>
      database.use((connection) =>
        inTransaction(connection, async () => {
          await connection.query("SET LOCAL enable_sort = off");
          await connection.query("SET LOCAL jit = off");
          return work(askOn(connection));
        }),
      ),
    exists: async () => (await ask("SELECT FROM logged_hour WHERE workspace = $1 LIMIT 1")).length > 0,
    close: () => database.end(),
    table: "logged_prediction",
    joins: "JOIN logged_model m USING (model) LEFT JOIN logged_label l USING (seq)",
    scope: "p.workspace = $1",
    values: "p.class, p.value",
    labelled: 'l.class AS "labelClass", l.value AS "labelValue"',
    // In floating point: what `extract` returns is twice as slow.
    milliseconds: (column) => `round(date_part('epoch', ${column}) * 1000)`,
    time: (number) => `to_timestamp(${number} / 1000.0)`,
    among: (column) => `${column} = ANY ($2)`,
    list: (values) => values,
    contains: "strpos",
    // As a condition on `l`, it would read all labels for a page.
    unlabelled: "(SELECT u.seq FROM logged_label u WHERE u.seq = p.seq) IS NULL",
    wrong: "(l.class <> p.class OR l.value <> p.value)",
    is: (prediction, next) => {
      const number = prediction.trim() === "" ? NaN : Number(prediction);
      return `(p.class = ${next(prediction)} OR p.value = ${next(number)})`;
    },
    models: `logged_model m WHERE workspace = $1
      AND EXISTS (SELECT FROM logged_hour h WHERE h.workspace = $1 AND h.model = m.model AND h.predictions > 0)`,
    packed(names, query) {
      const arrays = names.map((name) => `coalesce(json_agg("${name}"), '[]') AS "${name}"`);
      return `SELECT ${arrays.join(", ")}, coalesce(string_agg(inputs, ','), '') AS inputs FROM (${query}) AS page`;
    },
    hours: "logged_hour",
  });
}

/** Labels of the predictions that several machines share, in Postgres. */
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
