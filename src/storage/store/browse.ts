/** Queries for runs, and those of the web pages: one page of results at a time, with index columns instead of complete records. */
import { newestWindowsFirst } from "./clockAhead.ts";
import type { MonitorStatus } from "../../core/records/monitoring.ts";
import type { Run, RunStatus } from "../../core/records/lineage.ts";

type Select = <T>(sql: string, values: readonly (string | number | null)[]) => T[];

export interface RunQuery {
  readonly family?: string | undefined;
  /** Only the best run of each training. */
  readonly winners?: boolean | undefined;
  /** Only runs that were deployed at some time. */
  readonly deployed?: boolean | undefined;
  /** "owner=ann", or "owner" for any value. */
  readonly tag?: string | undefined;
  /** Only runs with this metric, ordered by it. */
  readonly by?: { readonly part: "validation" | "test"; readonly metric: string } | undefined;
  /** Without `by`: the order; default: the newest first. */
  readonly column?: "createdAt" | "seconds" | undefined;
  readonly ascending?: boolean | undefined;
  readonly limit: number;
  readonly offset: number;
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

export interface RunFilter {
  readonly family?: string | undefined;
  readonly status?: RunStatus;
  readonly datasetSha256?: string;
  readonly configSha256?: string;
  /** Only runs with a model file. */
  readonly withModel?: boolean;
  /** "owner=ann", or "owner" for any value. */
  readonly tag?: string | undefined;
  readonly limit?: number | undefined;
  /** Only runs whose metric is within the limit. */
  readonly within?: readonly (MetricKey & { readonly sign: "<" | "<=" | ">" | ">="; readonly limit: number })[];
  /** Instead of newest first; runs without the metric come last. */
  readonly by?: (MetricKey & { readonly ascending: boolean }) | undefined;
}

/** Of a metric as metrics/index.ts calls it. */
interface MetricKey {
  readonly part: "validation" | "test";
  readonly name: string;
}

function valueOf({ part, name }: MetricKey): string {
  return `(SELECT value FROM metrics WHERE metrics.run_id = runs.run_id AND part = '${part}' AND name = '${name}')`;
}

/** What follows FROM. @param newest the ORDER BY clause without `by` */
export function runsOf(filter: RunFilter, newest: string) {
  const { family, status, datasetSha256, configSha256, withModel, tag, limit = -1, within = [], by } = filter;
  const { where, values } = filtered([
    ["family = ?", family],
    ["status = ?", status],
    ["dataset_sha256 = ?", datasetSha256],
    ["config_sha256 = ?", configSha256],
    [TAGGED, tag],
    ["run_id IN (SELECT run_id FROM models)", withModel],
    ...within.map((each): Condition => [`${valueOf(each)} ${each.sign} ?`, each.limit]),
  ]);
  const sorted = by && `ORDER BY ${valueOf(by)} ${by.ascending ? "ASC" : "DESC"} NULLS LAST`;
  // In SQLite, a negative limit means no limit.
  const order = sorted === undefined ? newest : newest.replace("ORDER BY", `${sorted},`);
  return { from: `runs ${where} ${order} LIMIT ?`, values: [...values, limit] };
}

export function browse(select: Select) {
  return {
    runPage(query: RunQuery): Run[] {
      const { family, winners, deployed, tag, by, column = "createdAt", ascending = false, limit, offset } = query;
      const { where, values } = filtered([
        ["family = ?", family],
        [TAGGED, tag],
        ["rank = 1", winners],
        ["run_id IN (SELECT run_id FROM deployments)", deployed],
      ]);
      const direction = ascending ? "ASC" : "DESC";
      const among = where === "" ? "" : `AND run_id IN (SELECT run_id FROM runs ${where})`;
      // Select the ids first, from the indices alone, so that records are read for this page only.
      const ids =
        by === undefined
          ? `SELECT run_id FROM runs ${where} ORDER BY ${column === "seconds" ? "seconds" : "created_at"} ${direction}, rank, run_id`
          : `SELECT run_id FROM metrics WHERE part = ? AND name = ? AND value IS NOT NULL ${among} ORDER BY value ${direction}, run_id`;
      const sorted = by === undefined ? [] : [by.part, by.metric];
      const found = select<{ run_id: string }>(`${ids} LIMIT ? OFFSET ?`, [...sorted, ...values, limit, offset]);
      return found.flatMap(({ run_id }) =>
        select<{ record: string }>("SELECT record FROM runs WHERE run_id = ?", [run_id]).map(
          // Safe: only indexRecord writes this column, from validated records.
          ({ record }) => JSON.parse(record) as Run,
        ),
      );
    },
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
