/** Reads the prediction log that several machines share, in Postgres. */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { connect, noneYet, onDemand } from "../postgres/connect.ts";
import {
  MAX_MATCHES,
  ROWS_LOOKED_AT,
  type JoinedPrediction,
  type LogCounts,
  type LogEntry,
  type LogReader,
  type PredictionFilter,
} from "./logReader.ts";

/** Rows of one answer of the server, so that no answer takes long or much memory. */
const ROWS_AT_A_TIME = 20_000;
const HOUR = 3_600_000;

/** A row as Postgres returns it: a class or a number, each in its own column. */
type Stored = Omit<LogEntry, "prediction" | "label" | "inputs"> & {
  readonly class: string | null;
  readonly value: number | null;
  readonly labelClass: string | null;
  readonly labelValue: number | null;
  readonly inputs?: string;
};

/** Milliseconds are computed in floating point: what `extract` returns is twice as slow. */
const milliseconds = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`;

const LIST_COLUMNS = `p.seq::float8 AS seq, p.prediction_id AS "predictionId", ${milliseconds("p.at")} AS at, m.run_id AS "runId",
  m.sha256 AS "modelSha256", p.class, p.value, p.probability, p.source, l.class AS "labelClass", l.value AS "labelValue",
  ${milliseconds("l.labelled_at")} AS "labelledAt"`;
const JOINS = "JOIN logged_model m USING (model) LEFT JOIN logged_label l USING (seq)";
const LATEST = { at: 8.64e15, seq: Number.MAX_SAFE_INTEGER };

/** Connects on the first call. */
export function postgresReader(address: DatabaseAddress): LogReader {
  const database = onDemand(() => connect(address, "mlctl predictions"));
  /** $1 is the workspace. No rows before anything was logged. */
  const ask = <T>(sql: string, values: readonly unknown[]): Promise<T[]> =>
    database.use((connection) => connection.query<T>(sql, [address.workspace, ...values]).catch(noneYet([])));
  /** Newest first. */
  const older = async (filter: PredictionFilter, before: typeof LATEST, limit: number): Promise<Stored[]> => {
    const { where, values } = conditionsOf(filter, [before.at, before.seq, limit]);
    return ask(
      `SELECT ${LIST_COLUMNS}, p.inputs FROM logged_prediction p ${JOINS}
       WHERE p.workspace = $1 AND (p.at, p.seq) < (to_timestamp($2 / 1000.0), $3) ${where} ORDER BY p.at DESC, p.seq DESC LIMIT $4`,
      values,
    );
  };
  return {
    exists: async () => (await ask("SELECT FROM logged_hour WHERE workspace = $1 LIMIT 1", [])).length > 0,
    async rows({ limit = Infinity, ...filter } = {}) {
      const rows: JoinedPrediction[] = [];
      let before = LATEST;
      while (rows.length < limit) {
        const wanted = Math.min(ROWS_AT_A_TIME, limit - rows.length);
        const some = await older(filter, before, wanted);
        for (const row of some) rows.push(predictionOf(row));
        if (some.length < wanted) break;
        before = some.at(-1)!;
      }
      return rows.toReversed();
    },
    async count(filter = {}) {
      const { hours, edges } = counted(filter);
      const parts = await Promise.all([
        ...(hours === null ? [] : [hourCounts(hours)]),
        ...edges.map((edge) => rowCounts({ ...filter, ...edge })),
      ]);
      const sum = (of: (counts: LogCounts) => number): number => parts.reduce((all, part) => all + of(part), 0);
      const labelled = sum((part) => part.labelled);
      if (filter.labelled === undefined) return { predictions: sum((part) => part.predictions), labelled };
      if (filter.labelled) return { predictions: labelled, labelled };
      return { predictions: sum((part) => part.predictions) - labelled, labelled: 0 };
    },
    async find(prefix) {
      // A range, so that the index is used: "g" sorts after every hexadecimal digit.
      const rows = await ask<Stored>(
        `SELECT ${LIST_COLUMNS}, p.inputs FROM logged_prediction p ${JOINS}
         WHERE p.workspace = $1 AND p.prediction_id >= $2 AND p.prediction_id < $3 ORDER BY p.prediction_id LIMIT ${MAX_MATCHES}`,
        [prefix, `${prefix}g`],
      );
      return rows.map(entryOf);
    },
    async page({ before = LATEST, runId, labelled, prediction, wrong = false, limit }) {
      const { where, values } = conditionsOf({ runId, labelled }, [before.at, before.seq, limit]);
      const conditions = [where];
      if (wrong) conditions.push("AND (l.class <> p.class OR l.value <> p.value)");
      if (prediction !== undefined) {
        const number = prediction.trim() === "" ? NaN : Number(prediction);
        conditions.push(`AND (p.class = $${values.push(prediction) + 1} OR p.value = $${values.push(number) + 1})`);
      }
      const filters = conditions.join(" ").trim();
      const scanned = values.push(filters === "" ? limit : ROWS_LOOKED_AT) + 1;
      const newest = `FROM logged_prediction WHERE workspace = $1 AND (at, seq) < (to_timestamp($2 / 1000.0), $3)`;
      const rows = await ask<Stored>(
        `SELECT ${LIST_COLUMNS} FROM (SELECT seq, prediction_id, at, model, class, value, probability, source ${newest}
           ORDER BY at DESC, seq DESC LIMIT $${scanned}) p ${JOINS} WHERE true ${filters} ORDER BY p.at DESC, p.seq DESC LIMIT $4`,
        values,
      );
      const isCut = filters !== "" && rows.length < limit;
      const beyond = `SELECT ${newest} ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${ROWS_LOOKED_AT}`;
      const isPartial = isCut && (await ask(beyond, [before.at, before.seq])).length > 0;
      return { entries: rows.map(entryOf), isPartial };
    },
    async totals(since) {
      const [all, newer, newest] = await Promise.all([
        this.count(),
        this.count({ since }),
        ask<{ at: number | null }>(
          `SELECT ${milliseconds("max(at)")} AS at FROM logged_prediction WHERE workspace = $1`,
          [],
        ),
      ]);
      return { ...all, since: newer.predictions, newestAt: newest[0]?.at ?? null };
    },
    async models() {
      const rows = await ask<{ run_id: string | null; sha256: string }>(
        `SELECT run_id, sha256 FROM logged_model m
         WHERE workspace = $1 AND EXISTS (SELECT FROM logged_hour h WHERE h.workspace = $1 AND h.model = m.model AND h.predictions > 0)`,
        [],
      );
      const runIds = new Set(rows.flatMap(({ run_id: runId }) => (runId === null ? [] : [runId])));
      return { runIds, sha256s: new Set(rows.map(({ sha256 }) => sha256)) };
    },
    close: () => database.end(),
  };

  async function hourCounts({ since, until, runId, forecasts }: PredictionFilter): Promise<LogCounts> {
    const { where, values } = conditionsOf({ since, until, runId, forecasts }, [], "p.hour");
    const [counts] = await ask<LogCounts>(
      `SELECT coalesce(sum(predictions), 0)::float8 AS predictions, coalesce(sum(labelled), 0)::float8 AS labelled
       FROM logged_hour p JOIN logged_model m USING (model) WHERE p.workspace = $1 ${where}`,
      values,
    );
    return counts ?? NOTHING;
  }

  async function rowCounts({ labelled: _labelled, ...filter }: PredictionFilter): Promise<LogCounts> {
    const { where, values } = conditionsOf(filter, []);
    const [counts] = await ask<LogCounts>(
      `SELECT count(*)::float8 AS predictions, count(l.seq)::float8 AS labelled FROM logged_prediction p ${JOINS}
       WHERE p.workspace = $1 ${where}`,
      values,
    );
    return counts ?? NOTHING;
  }
}

const NOTHING: LogCounts = { predictions: 0, labelled: 0 };

type Range = Pick<PredictionFilter, "since" | "until">;

/** The whole hours of a filter, which `logged_hour` counts, and the parts of hours at its ends, whose rows are counted. */
function counted(filter: PredictionFilter): {
  readonly hours: PredictionFilter | null;
  readonly edges: readonly Range[];
} {
  const { since = -Infinity, until = Infinity } = filter;
  const [first, end] = [Math.ceil(since / HOUR) * HOUR, Math.floor(until / HOUR) * HOUR];
  if (first >= end) return { hours: null, edges: [{ since, until }] };
  const edges = [
    { since, until: first },
    { since: end, until },
  ].filter((edge) => edge.since < edge.until);
  return { hours: { ...filter, ...finite({ since: first, until: end }) }, edges };
}

function finite({ since = -Infinity, until = Infinity }: Range): Range {
  return { since: Number.isFinite(since) ? since : undefined, until: Number.isFinite(until) ? until : undefined };
}

/** Conditions, each after AND. @param first the values of $2, $3 and so on */
function conditionsOf(
  { since, until, runId, labelled, forecasts }: PredictionFilter,
  first: readonly unknown[],
  time = "p.at",
): { where: string; values: unknown[] } {
  const values = [...first];
  const conditions: string[] = [];
  const next = (value: unknown): string => `$${values.push(value) + 1}`;
  if (since !== undefined) conditions.push(`${time} >= to_timestamp(${next(since)} / 1000.0)`);
  if (until !== undefined) conditions.push(`${time} < to_timestamp(${next(until)} / 1000.0)`);
  if (runId !== undefined) conditions.push(`m.run_id = ${next(runId)}`);
  if (labelled !== undefined) conditions.push(`l.seq IS ${labelled ? "NOT NULL" : "NULL"}`);
  if (forecasts === false) conditions.push("p.source <> 'forecast'");
  return { where: conditions.map((condition) => `AND ${condition}`).join(" "), values };
}

/** One of 500,000, so it is made without copies. */
function predictionOf(row: Stored): JoinedPrediction {
  const { predictionId, at, runId, modelSha256, probability, source, labelledAt } = row;
  // A prediction without either was not a finite number.
  const prediction = (row.class ?? row.value) as string | number;
  const inputs = (row.inputs === undefined ? undefined : JSON.parse(row.inputs)) as LoggedPrediction["inputs"];
  const label = row.labelClass ?? row.labelValue;
  return { predictionId, at, runId, modelSha256, prediction, probability, source, label, labelledAt, inputs };
}

function entryOf(row: Stored): LogEntry {
  return { seq: row.seq, ...predictionOf(row) };
}
