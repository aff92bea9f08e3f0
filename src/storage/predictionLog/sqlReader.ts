/** Reads the prediction log with the SQL that SQLite and Postgres share; they differ in what is in LogSql. */
import {
  keyPatterns,
  MAX_MATCHES,
  ROWS_LOOKED_AT,
  type JoinedPrediction,
  type LogCounts,
  type LogQuery,
  type LogReader,
  type PredictionFilter,
} from "./logReader.ts";
import {
  entryOf,
  NO_COLUMNS,
  packedNames,
  packedRows,
  predictionOf,
  readColumns,
  ROWS_AT_A_TIME,
  type Packed,
  type Stored,
} from "./storedRows.ts";

/** Runs a query. `values` are those of $2, $3 and so on; $1 is the workspace, where a database has several. */
export type Ask = <T>(sql: string, values?: readonly unknown[]) => Promise<T[]>;

export interface LogSql {
  /** Runs `work` on the open log; returns `empty` if nothing was ever logged. */
  use<T>(empty: T, work: (ask: Ask) => Promise<T>): Promise<T>;
  exists(): Promise<boolean>;
  close(): void;
  readonly table: string;
  /** Follows the predictions `p`: the models `m` and the labels `l`. */
  readonly joins: string;
  /** Condition on the predictions of this workspace. */
  readonly scope: string;
  /** The columns of a prediction and those of its label: a class, or a number. */
  readonly values: string;
  readonly labelled: string;
  /** A column as milliseconds since 1970, and such a number as a value of the column. */
  milliseconds(column: string): string;
  time(number: string): string;
  /** A column that has one of the values, and what the parameter is for them. */
  readonly among: (column: string) => string;
  readonly list: (values: readonly unknown[]) => unknown;
  /** The prediction has no label. */
  readonly unlabelled: string;
  /** The prediction differs from its label. */
  readonly wrong: string;
  /** The prediction as a string. @param next the name of a new parameter */
  is(prediction: string, next: (value: unknown) => string): string;
  /** The function for the position of a string in another. */
  readonly contains: string;
  /** FROM and WHERE of the models `m` that predicted. */
  readonly models: string;
  /** As `use`, for pages in the order of an index: a planner that sorts all rows for each page takes ten times as long. */
  inOrder?<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  /** Makes of a query one whose single row has these columns as arrays, and all inputs as one string, "," between them. */
  packed?(names: readonly string[], query: string): string;
  /** A query of the counts of all predictions, where it is quicker. */
  readonly total?: string;
  /** A table that counts predictions and labels by hour. */
  readonly hours?: string;
}

const HOUR = 3_600_000;
const LATEST = { at: 8.64e15, seq: Number.MAX_SAFE_INTEGER };
const NOTHING: LogCounts = { predictions: 0, labelled: 0 };

export function sqlReader(log: LogSql): LogReader {
  const { table, joins, scope } = log;
  const judged = `CAST(p.seq AS float8) AS seq, ${log.milliseconds("p.at")} AS at, p.probability AS probability, ${log.values}, ${log.labelled}`;
  const columns = `${judged}, p.prediction_id AS "predictionId", m.run_id AS "runId", m.sha256 AS "modelSha256", p.source AS source,
    p.request_id AS "requestId", p.threshold AS threshold, ${log.milliseconds("l.labelled_at")} AS "labelledAt"`;
  const rest = `FROM ${table} p ${joins} WHERE ${scope}`;
  const select = `SELECT ${columns}, p.inputs AS inputs ${rest}`;
  const older = `p.at <= ${log.time("$2")} AND (p.at, p.seq) < (${log.time("$2")}, $3)`;
  const newestBefore = (of: string, filter: PredictionFilter, before: typeof LATEST, limit: number) => {
    const { where, values } = conditionsOf(log, filter, [before.at, before.seq, limit]);
    return [
      `SELECT ${of}, p.inputs AS inputs ${rest} AND ${older} ${where} ORDER BY p.at DESC, p.seq DESC LIMIT $4`,
      values,
    ] as const;
  };
  const inOrder = <T>(empty: T, work: (ask: Ask) => Promise<T>): Promise<T> =>
    log.inOrder?.(work) ?? log.use(empty, work);
  return {
    exists: () => log.exists(),
    rows: ({ limit = Infinity, ...filter } = {}) =>
      inOrder([], async (ask) => {
        const rows: JoinedPrediction[] = [];
        for (let before = LATEST; rows.length < limit;) {
          const wanted = Math.min(ROWS_AT_A_TIME, limit - rows.length);
          const some = await ask<Stored>(...newestBefore(columns, filter, before, wanted));
          for (const row of some) rows.push(predictionOf(row));
          if (some.length < wanted) break;
          before = some.at(-1)!;
        }
        return rows.toReversed();
      }),
    columns: ({ limit = Infinity, ...filter } = {}) =>
      inOrder(NO_COLUMNS, (ask) =>
        readColumns(limit, async (before, wanted) => {
          const [sql, values] = newestBefore(judged, filter, before ?? LATEST, wanted);
          if (log.packed === undefined) return packedRows(await ask<Stored>(sql, values));
          return (await ask<Packed>(log.packed(packedNames, sql), values))[0] ?? packedRows([]);
        }),
      ),
    count: (filter = {}) => log.use(NOTHING, (ask) => countOf(log, ask, filter)),
    find: (name) =>
      log.use([], async (ask) => {
        const { where, values } = conditionsOf(log, { name }, []);
        return (await ask<Stored>(`${select} ${where} ORDER BY p.prediction_id LIMIT ${MAX_MATCHES}`, values)).map(
          entryOf,
        );
      }),
    async those(column, keys) {
      const sql = `SELECT ${columns} ${rest} AND ${log.among(`p.${column === "seq" ? "seq" : "prediction_id"}`)}`;
      return log.use([], async (ask) => (await ask<Stored>(sql, [log.list(keys)])).map(entryOf));
    },
    after: (seq, limit) =>
      log.use([], async (ask) => {
        return (await ask<Stored>(`${select} AND p.seq > $2 ORDER BY p.seq LIMIT $3`, [seq, limit])).map(entryOf);
      }),
    page: ({ before = LATEST, since, until, name, prediction, wrong = false, limit, ...filter }) =>
      log.use({ entries: [], isPartial: false }, async (ask) => {
        const range = conditionsOf(log, { since, until, name }, [before.at, before.seq]);
        const { where, values } = conditionsOf(log, filter, range.values);
        const next = (value: unknown): string => `$${values.push(value) + 1}`;
        const conditions = [where, wrong ? `AND ${log.wrong}` : ""];
        if (prediction !== undefined) conditions.push(`AND ${log.is(prediction, next)}`);
        const filters = conditions.join(" ").trim();
        const scanned = filters === "" ? limit : ROWS_LOOKED_AT;
        const newest = `${table} p WHERE ${scope} AND ${older} ${range.where} ORDER BY at DESC, seq DESC LIMIT`;
        const rows = await ask<Stored>(
          `SELECT ${columns}, p.inputs AS inputs FROM (SELECT * FROM ${newest} ${next(scanned)}) p ${joins}
           WHERE true ${filters} ORDER BY p.at DESC, p.seq DESC LIMIT ${next(limit)}`,
          values,
        );
        const isCut = filters !== "" && rows.length < limit;
        const beyond = `SELECT 1 AS one FROM ${newest} 1 OFFSET ${ROWS_LOOKED_AT}`;
        const isPartial = isCut && (await ask(beyond, range.values)).length > 0;
        return { entries: rows.map(entryOf), isPartial };
      }),
    totals: (since) =>
      log.use({ ...NOTHING, since: 0, newestAt: null }, async (ask) => {
        const all = log.total === undefined ? await countOf(log, ask, {}) : (await ask<LogCounts>(log.total))[0]!;
        const newer = await countOf(log, ask, { since });
        const newest = `SELECT ${log.milliseconds("max(p.at)")} AS at FROM ${table} p WHERE ${scope}`;
        const [found] = await ask<{ at: number | null }>(newest);
        return { ...all, since: newer.predictions, newestAt: found?.at ?? null };
      }),
    models: () =>
      log.use({ runIds: new Set(), sha256s: new Set() }, async (ask) => {
        const rows = await ask<{ id: string | null; sha256: string }>(`SELECT run_id AS id, sha256 FROM ${log.models}`);
        const runIds = new Set(rows.flatMap(({ id }) => (id === null ? [] : [id])));
        return { runIds, sha256s: new Set(rows.map(({ sha256 }) => sha256)) };
      }),
    close: () => log.close(),
  };
}

/** Whole hours from the table that counts them, where there is one; their parts at both ends of the filter by row. */
async function countOf(log: LogSql, ask: Ask, { labelled: wanted, ...filter }: PredictionFilter): Promise<LogCounts> {
  const { since, until } = filter;
  const first = since === undefined ? -Infinity : Math.ceil(since / HOUR) * HOUR;
  const end = until === undefined ? Infinity : Math.floor(until / HOUR) * HOUR;
  const isByRow = filter.key !== undefined || filter.requestId !== undefined;
  const hasHours = log.hours !== undefined && first < end && !isByRow;
  const edges = hasHours ? [...edge(since, first), ...edge(end, until)] : [{ since, until }];
  const parts = edges.map((range) => {
    const { where, values } = conditionsOf(log, { ...filter, ...range }, []);
    return { sums: ["count(*)", "count(l.seq)"], from: `${log.table} p ${log.joins}`, where, values };
  });
  if (hasHours) {
    const range = { since: since && first, until: until && end };
    const { where, values } = conditionsOf(log, { ...filter, ...range }, [], "p.hour");
    const sums = ["coalesce(sum(predictions), 0)", "coalesce(sum(labelled), 0)"];
    parts.push({ sums, from: `${log.hours} p JOIN logged_model m USING (model)`, where, values });
  }
  let [predictions, labelled] = [0, 0];
  for (const { sums, from, where, values } of parts) {
    const sql = `SELECT CAST(${sums[0]} AS float8) AS predictions, CAST(${sums[1]} AS float8) AS labelled
      FROM ${from} WHERE ${log.scope} ${where}`;
    const [counts = NOTHING] = await ask<LogCounts>(sql, values);
    predictions += counts.predictions;
    labelled += counts.labelled;
  }
  if (wanted === undefined) return { predictions, labelled };
  return wanted ? { predictions: labelled, labelled } : { predictions: predictions - labelled, labelled: 0 };
}

/** A part of an hour; none at the end that is open, or at a whole hour. */
function edge(since: number | undefined, until: number | undefined): Pick<PredictionFilter, "since" | "until">[] {
  return since === undefined || until === undefined || since >= until ? [] : [{ since, until }];
}

/** Conditions, each after AND. @param first the values of $2, $3 and so on */
function conditionsOf(
  log: LogSql,
  { since, until, name, runId, requestId, labelled, forecasts, key }: PredictionFilter & Pick<LogQuery, "name">,
  first: readonly unknown[],
  time = "p.at",
): { where: string; values: unknown[] } {
  const values = [...first];
  const conditions: string[] = [];
  const next = (value: unknown): string => `$${values.push(value) + 1}`;
  if (since !== undefined) conditions.push(`${time} >= ${log.time(next(since))}`);
  if (until !== undefined) conditions.push(`${time} < ${log.time(next(until))}`);
  if (name !== undefined) {
    // By their indexes, and not all of them: an id can begin like a million others.
    const some = (where: string): string =>
      `SELECT * FROM (SELECT p.seq FROM ${log.table} p WHERE ${log.scope} AND ${where} LIMIT ${ROWS_LOOKED_AT + 1}) AS named`;
    // "g" sorts after every hexadecimal digit.
    const [start, end] = [next(name.toLowerCase()), next(`${name.toLowerCase()}g`)];
    const ids = some(`p.prediction_id >= ${start} AND p.prediction_id < ${end}`);
    conditions.push(`p.seq IN (${ids} UNION ALL ${some(`p.request_id = ${next(name)}`)})`);
  }
  if (runId !== undefined) conditions.push(`m.run_id = ${next(runId)}`);
  if (requestId !== undefined) conditions.push(`p.request_id = ${next(requestId)}`);
  if (labelled !== undefined) conditions.push(labelled ? "l.seq IS NOT NULL" : log.unlabelled);
  if (forecasts === false) conditions.push("p.source <> 'forecast'");
  if (key !== undefined) {
    const patterns = keyPatterns(key).map((pattern) => `${log.contains}(p.inputs, ${next(pattern)}) > 0`);
    conditions.push(`(${patterns.join(" OR ")})`);
  }
  return { where: conditions.map((condition) => `AND ${condition}`).join(" "), values };
}
