/** Writes records to the index; nothing else fills it. */
import type { MetricValues, MonitorRecord } from "../../core/records/monitoring.ts";
import { type ReadRecord, artifactsOf, recordId, type WorkspaceRecord } from "../records/records.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";

export type Value = string | number | null | undefined;
type Execute = (sql: string, ...values: readonly Value[]) => void;

/** Compiling costs more than running, and a reindex runs a few statements for each of thousands of records. */
export function executor(database: SqliteDatabase): Execute {
  const compiled = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return (sql, ...values) => {
    const statement = compiled.get(sql) ?? database.prepare(sql);
    compiled.set(sql, statement);
    statement.run(...values.map((value) => value ?? null));
  };
}

/**
 * A transaction that writes all records: looking up the parent of each row, and sorting it into each index of SQLite,
 * would take half the time.
 */
export function filling<T>(database: SqliteDatabase, work: () => T): T {
  const written = database.transaction(() => {
    const select = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    const indexes = database.prepare<[], Record<"name" | "sql", string>>(select).all();
    for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
    const result = work();
    for (const { sql } of indexes) database.exec(sql);
    return result;
  });
  database.pragma("foreign_keys = OFF");
  // A quarter of a gigabyte: pages that do not fit are written twice.
  database.pragma("cache_size = -262144");
  try {
    return written.immediate();
  } finally {
    database.pragma("foreign_keys = ON");
  }
}

/**
 * The table of each kind of record: its name, its key, and for each column the path of its value in the record. The last
 * column is the record itself. Aliases have rows, but no record.
 */
const tables = {
  dataset: ["datasets", "dataset_id", "datasetId createdAt inputFolder artifact.path artifact.sha256 rows seconds"],
  run: ["runs", "run_id", "runId createdAt trainId status family featureSet rank datasetSha256 configSha256 seconds"],
  deployment: ["deployments", "deployment_id", "deploymentId runId deployedAt action"],
  search: ["searches", "search_id", "searchId createdAt trainId key family featureSet metric method"],
  monitor: [
    "monitorings",
    "monitor_id",
    "monitorId createdAt source window.label window.start window.end window.file window.rows window.labelled runId modelVersion modelSha256 status",
  ],
  execution: [
    "executions",
    "execution_id",
    "executionId job trigger dueAt startedAt endedAt status exitCode seconds log",
  ],
} as const;

/** Writes a record to all its tables, replacing the rows of the same id. */
export function indexRecord(execute: Execute, { path, stat, sha256, record }: ReadRecord): void {
  const { kind } = record;
  const id = recordId(record);
  const put = (table: string, ...values: Value[]): void =>
    execute(`INSERT OR REPLACE INTO ${table} VALUES (?${", ?".repeat(values.length - 1)})`, ...values);
  put("records", path, kind, id, sha256, stat);
  execute("DELETE FROM artifacts WHERE kind = ? AND id = ?", kind, id);
  for (const [role, { path: file, sha256: hash, bytes }] of artifactsOf(record))
    put("artifacts", kind, id, role, file, hash, bytes);
  if (kind === "aliases") execute("DELETE FROM aliases WHERE source = 'manual'");
  else {
    // What an earlier version had in other tables goes with its row.
    const [table, , columns] = tables[kind];
    put(table, ...columns.split(" ").map((column) => valueAt(record, column)), JSON.stringify(record));
  }
  for (const [table, ...values] of partsOf(record)) put(table, ...values);
  if (record.kind !== "run") return;
  // A row for each metric: half of all rows, so SQLite takes them apart, which is quicker.
  const metrics = { validation: record.metrics, test: record.score?.metrics ?? {} };
  const sql = "INSERT OR REPLACE INTO metrics SELECT ?, ?, key, value FROM json_each(?)";
  for (const [part, values] of Object.entries(metrics))
    if (Object.keys(values).length > 0) execute(sql, id, part, JSON.stringify(values));
}

/** The value at a path such as "window.start". */
function valueAt(record: WorkspaceRecord, path: string): Value {
  let value: unknown = record;
  for (const key of path.split(".")) value = (value as Readonly<Record<string, unknown>>)[key];
  return value as Value;
}

/**
 * Removes the rows of records that are gone, and sets the deployment aliases to the newest deployment.
 * @param gone by kind and id; another path may still have the record
 */
export function forgetOrphans(
  execute: Execute,
  gone: readonly { readonly kind: WorkspaceRecord["kind"]; readonly id: string }[],
): void {
  const isGone = "NOT EXISTS (SELECT 1 FROM records WHERE kind = ? AND id = ?)";
  for (const { kind, id } of gone) {
    execute(`DELETE FROM artifacts WHERE kind = ? AND id = ? AND ${isGone}`, kind, id, kind, id);
    if (kind === "aliases") continue;
    const [table, key] = tables[kind];
    execute(`DELETE FROM ${table} WHERE ${key} = ? AND ${isGone}`, id, kind, id);
  }
  execute("DELETE FROM aliases WHERE source = 'manual' AND NOT EXISTS (SELECT 1 FROM records WHERE kind = 'aliases')");
  execute("DELETE FROM aliases WHERE source = 'deployment'");
  execute(`INSERT OR REPLACE INTO aliases SELECT alias.value, 'deployment', newest.run_id
    FROM (SELECT * FROM deployments ORDER BY deployment_id DESC LIMIT 1) AS newest,
         json_each(newest.record, '$.aliases') AS alias`);
}

type Row = readonly [table: string, ...values: Value[]];

/** Rows of the tables that refer to the record's own; those of an earlier version were deleted with it. */
function* partsOf(record: WorkspaceRecord): Generator<Row> {
  if (record.kind === "dataset") {
    for (const { path, sha256, bytes, rows } of record.files)
      yield ["files", record.datasetId, path, sha256, bytes, rows];
  } else if (record.kind === "run") {
    const { runId, model, modelVersion } = record;
    if (model !== null) yield ["models", runId, modelVersion, model.path, model.sha256];
  } else if (record.kind === "aliases") {
    for (const [name, runId] of Object.entries(record.aliases)) yield ["aliases", name, "manual", runId];
  } else if (record.kind === "monitor") {
    // For dashboards: every row has the run, model version, window and file.
    const { monitorId, createdAt, window, runId, modelVersion } = record;
    const common = [runId, modelVersion, window.start, window.end, window.file, createdAt] as const;
    for (const row of monitorValues(record))
      yield ["monitor_values", monitorId, ...Array.from({ length: 9 }, (_, i) => row[i]), ...common];
  }
}

function measured(kind: string, { metrics, intervals }: MetricValues): Value[][] {
  return Object.entries(metrics).map(([name, value]) => [kind, "performance", name, value, ...(intervals[name] ?? [])]);
}

/** Of each value: kind, area, name, value, the ends of its interval, limit, status, message. */
function monitorValues({ findings, performance, drift }: MonitorRecord): Value[][] {
  const { errorStandardDeviation: deviation, estimate } = performance;
  const columns = Object.entries({ ...drift.columns, ...(drift.target && { target: drift.target }) });
  return [
    ...findings.map(({ area, name, value, interval, limit, status, message }) => {
      return ["finding", area, name, value, ...(interval ?? [null, null]), limit, status, message];
    }),
    ...measured("metric", performance),
    ...(deviation === null ? [] : [["metric", "performance", "error_std", deviation]]),
    ...(estimate ? measured("estimate", estimate) : []),
    ...columns.map(([name, { value, limit, drifted, skipped, test }]) => {
      const status = skipped === undefined ? (drifted ? "fail" : "pass") : "skipped";
      return ["drift", "drift", name, value, null, null, limit, status, skipped ?? test];
    }),
  ];
}
