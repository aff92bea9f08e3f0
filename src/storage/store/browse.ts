/** Queries for runs, and those of the web pages, with index columns instead of complete records. */
import { newestWindowsFirst } from "./clockAhead.ts";
import type { MonitorStatus } from "../../core/records/monitoring.ts";
import type { RunStatus } from "../../core/records/lineage.ts";

type Select = <T>(sql: string, values: readonly (string | number | null)[]) => T[];

export interface RunFilter {
  readonly family?: string | undefined;
  readonly status?: RunStatus;
  readonly datasetSha256?: string;
  readonly configSha256?: string;
  /** Only runs with a model file. */
  readonly withModel?: boolean | undefined;
  /** Only the best run of each training. */
  readonly winners?: boolean | undefined;
  /** Only runs that were deployed at some time. */
  readonly deployed?: boolean | undefined;
  /** "owner=ann", or "owner" for any value. */
  readonly tag?: string | undefined;
  /** Only runs whose metric is within the limit. */
  readonly within?: readonly (MetricKey & { readonly sign: "<" | "<=" | ">" | ">="; readonly limit: number })[];
  /** Instead of newest first; runs without the metric come last. */
  readonly by?: MetricKey | "createdAt" | "seconds" | undefined;
  readonly ascending?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Of a metric as metrics/index.ts calls it. */
interface MetricKey {
  readonly part: "validation" | "test";
  readonly name: string;
}

export interface WindowQuery {
  readonly source?: string | undefined;
  /** Windows that end from then on, ISO 8601; a window without a time by when it was monitored. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** A monitoring window without its details. */
export interface WindowLine {
  readonly monitorId: string;
  readonly createdAt: string;
  readonly source: string;
  readonly label: string;
  readonly file: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly rows: number;
  readonly labelled: number;
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly status: MonitorStatus;
}

/** A row of monitor_values: a finding, a metric, an estimate, or the drift of a column. */
export interface WindowValue {
  readonly monitorId: string;
  readonly kind: "finding" | "metric" | "estimate" | "drift";
  readonly area: string;
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bound: number | null;
  readonly status: MonitorStatus | null;
  readonly message: string | null;
}

/** A condition of WHERE and its value: true if it takes none, undefined or false if it is not wanted. */
export type Condition = readonly [sql: string, value: string | number | boolean | undefined];

/** WHERE of the wanted conditions, and their values. */
export function filtered(conditions: readonly Condition[]): { where: string; values: (string | number)[] } {
  const used = conditions.filter(([, value]) => value !== undefined && value !== false);
  return {
    where: used.length === 0 ? "" : `WHERE ${used.map(([sql]) => sql).join(" AND ")}`,
    values: used.flatMap(([, value]) => (typeof value === "boolean" ? [] : [value!])),
  };
}

/** A condition on runs, with "owner=ann" or "owner" as its value. */
const TAGGED = `EXISTS (SELECT 1 FROM json_each(runs.record, '$.tags') AS tag
  WHERE ? IN (tag.key, tag.key || '=' || tag.value))`;

/** A name may come from a stranger's record. */
function valueOf({ part, name }: MetricKey): string {
  const quoted = `'${name.replaceAll("'", "''")}'`;
  return `(SELECT value FROM metrics WHERE metrics.run_id = runs.run_id AND part = '${part}' AND name = ${quoted})`;
}

/** A query of run ids, from the indices alone, so that only the records of the page are read. @param newest ORDER BY of the newest first */
export function runIdsOf(filter: RunFilter, newest: string) {
  const { family, status, datasetSha256, configSha256, withModel, winners, deployed, tag } = filter;
  // In SQLite, a negative limit means no limit.
  const { within = [], by, ascending = false, limit = -1, offset = 0 } = filter;
  const { where, values } = filtered([
    ["family = ?", family],
    ["status = ?", status],
    ["dataset_sha256 = ?", datasetSha256],
    ["config_sha256 = ?", configSha256],
    ["rank = 1", winners],
    ["run_id IN (SELECT run_id FROM models)", withModel],
    ["run_id IN (SELECT run_id FROM deployments)", deployed],
    [TAGGED, tag],
    ...within.map((each): Condition => [`${valueOf(each)} ${each.sign} ?`, each.limit]),
  ]);
  const column = by === "seconds" ? "seconds" : by === "createdAt" && ascending ? "created_at" : undefined;
  const sorted = typeof by === "object" ? valueOf(by) : column;
  const direction = ascending ? "ASC" : "DESC";
  const order = sorted ? newest.replace("ORDER BY", `ORDER BY ${sorted} ${direction} NULLS LAST,`) : newest;
  return { sql: `SELECT run_id FROM runs ${where} ${order} LIMIT ? OFFSET ?`, values: [...values, limit, offset] };
}

export function browse(select: Select) {
  return {
    runCount: () => select<{ n: number }>("SELECT count(*) AS n FROM runs", [])[0]!.n,
    families: () => distinct(select, "family", ["runs", "1 = 1"], []),
    metricNames: (part: "validation" | "test") => distinct(select, "name", ["metrics", "part = ?"], [part]),
    windows({ source, since, until, limit, offset }: WindowQuery): WindowLine[] {
      const { where, values } = filtered([
        ["source = ?", source],
        ["coalesce(window_end, created_at) >= ?", since],
        ["coalesce(window_end, created_at) < ?", until],
      ]);
      return select<WindowLine>(
        `SELECT monitor_id AS "monitorId", created_at AS "createdAt", source, label, file, window_start AS "start",
         window_end AS "end", rows, labelled, run_id AS "runId", model_version AS "modelVersion", status FROM monitorings
         ${where} ORDER BY ${newestWindowsFirst()} LIMIT ? OFFSET ?`,
        [...values, limit, offset],
      );
    },
    windowSources: () =>
      select<{ readonly source: string; readonly windows: number }>(
        "SELECT source, count(*) AS windows FROM monitorings GROUP BY source ORDER BY windows DESC, source",
        [],
      ),
    windowValues: (
      monitorIds: readonly string[],
      kinds: readonly WindowValue["kind"][] = ["finding", "metric", "estimate", "drift"],
    ) =>
      select<WindowValue>(
        `SELECT monitor_id AS "monitorId", kind, area, name, value, low, high, bound, status, message FROM monitor_values
         WHERE monitor_id IN (SELECT value FROM json_each(?)) AND kind IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(monitorIds), JSON.stringify(kinds)],
      ),
  };
}

/** Skips from value to value in the index, instead of reading every row. */
function distinct(
  select: Select,
  column: string,
  [table, where]: readonly [string, string],
  values: readonly string[],
): string[] {
  const sql = `WITH RECURSIVE found(name) AS (
    SELECT min(${column}) FROM ${table} WHERE ${where}
    UNION ALL SELECT (SELECT min(${column}) FROM ${table} WHERE ${where} AND ${column} > found.name) FROM found
    WHERE found.name IS NOT NULL
  ) SELECT name FROM found WHERE name IS NOT NULL`;
  return select<{ name: string }>(sql, [...values, ...values]).map(({ name }) => name);
}
