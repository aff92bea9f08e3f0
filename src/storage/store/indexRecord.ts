/** Writes records to the index; nothing else fills it. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Run } from "../../core/records/run.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import { artifactsOf, recordId, type Aliases, type WorkspaceRecord } from "../records/workspaceRecord.ts";
import type { ReadRecord } from "../records/recordFiles.ts";
import type { Execute } from "./execute.ts";
import { indexMonitorValues } from "./indexMonitoring.ts";

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
  execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)", path, kind, id, sha256, stat);
  execute("DELETE FROM artifacts WHERE kind = ? AND id = ?", kind, id);
  for (const [role, { path: file, sha256: hash, bytes }] of artifactsOf(record)) {
    execute("INSERT OR REPLACE INTO artifacts VALUES (?, ?, ?, ?, ?, ?)", kind, id, role, file, hash, bytes);
  }
  if (kind === "aliases") return indexAliases(execute, record);
  const [table, key, columns] = tables[kind];
  const values = columns.split(" ").map((column) => valueAt(record, column));
  execute(`DELETE FROM ${table} WHERE ${key} = ?`, id);
  execute(`INSERT INTO ${table} VALUES (${"?, ".repeat(values.length)}?)`, ...values, JSON.stringify(record));
  indexParts(execute, record);
}

type Value = string | number | null | undefined;

/** The value at a path such as "window.start". */
function valueAt(record: WorkspaceRecord, path: string): Value {
  let value: unknown = record;
  for (const key of path.split(".")) value = (value as Readonly<Record<string, unknown>>)[key];
  return value as Value;
}

/** Removes rows without a record file, and sets the deployment aliases to the newest deployment. */
export function forgetOrphans(execute: Execute): void {
  for (const [kind, [table, key]] of Object.entries(tables)) {
    execute(`DELETE FROM ${table} WHERE CAST(${key} AS TEXT) NOT IN (SELECT id FROM records WHERE kind = '${kind}')`);
  }
  execute("DELETE FROM artifacts WHERE (kind, id) NOT IN (SELECT kind, id FROM records)");
  execute("DELETE FROM aliases WHERE source = 'manual' AND NOT EXISTS (SELECT 1 FROM records WHERE kind = 'aliases')");
  execute("DELETE FROM aliases WHERE source = 'deployment'");
  execute(`INSERT OR REPLACE INTO aliases SELECT alias.value, 'deployment', newest.run_id
    FROM (SELECT * FROM deployments ORDER BY deployment_id DESC LIMIT 1) AS newest,
         json_each(newest.record, '$.aliases') AS alias`);
}

/** Rows of the tables that refer to the record's own; those of an earlier version were deleted with it. */
function indexParts(execute: Execute, record: WorkspaceRecord): void {
  if (record.kind === "dataset") indexFiles(execute, record);
  else if (record.kind === "run") indexValues(execute, record);
  else if (record.kind === "search") indexTrials(execute, record);
  else if (record.kind === "monitor") indexMonitorValues(execute, record);
}

function indexFiles(execute: Execute, { datasetId, files }: Dataset): void {
  for (const { path, sha256, bytes, rows } of files) {
    execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", datasetId, path, sha256, bytes, rows);
  }
}

function indexValues(execute: Execute, { runId, params, metrics, score, model, modelVersion }: Run): void {
  for (const [name, value] of Object.entries(params)) {
    execute("INSERT INTO params VALUES (?, ?, ?)", runId, name, JSON.stringify(value));
  }
  for (const [name, value] of Object.entries(metrics)) {
    execute("INSERT INTO metrics VALUES (?, 'validation', ?, ?)", runId, name, value);
  }
  for (const [name, value] of Object.entries(score?.metrics ?? {})) {
    execute("INSERT INTO metrics VALUES (?, 'test', ?, ?)", runId, name, value);
  }
  if (model !== null) {
    execute("INSERT INTO models VALUES (?, ?, ?, ?)", runId, modelVersion, model.path, model.sha256);
  }
}

/** Trials have their own table, so that they do not appear among the runs of a leaderboard. */
function indexTrials(execute: Execute, { searchId, trials }: SearchRecord): void {
  for (const { number, status, value, seconds, params } of trials) {
    const [id, values] = [`${searchId}.${number}`, JSON.stringify(params)];
    execute("INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?, ?)", searchId, number, id, status, value, seconds, values);
  }
}

function indexAliases(execute: Execute, { aliases }: Aliases): void {
  execute("DELETE FROM aliases WHERE source = 'manual'");
  for (const [name, runId] of Object.entries(aliases)) {
    execute("INSERT INTO aliases VALUES (?, 'manual', ?)", name, runId);
  }
}
