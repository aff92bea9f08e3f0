/** Writes records to the index; nothing else fills it. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Run } from "../../core/records/run.ts";
import { artifactsOf, recordId, type Aliases, type WorkspaceRecord } from "../records/workspaceRecord.ts";
import type { ReadRecord } from "../records/recordFiles.ts";
import type { Execute } from "./execute.ts";
import { indexMonitoring } from "./indexMonitoring.ts";
import { indexSearch } from "./indexSearch.ts";

/** Writes a record to all its tables, replacing the rows of the same id. */
export function indexRecord(execute: Execute, { path, stat, sha256, record }: ReadRecord): void {
  const id = recordId(record);
  execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)", path, record.kind, id, sha256, stat);
  execute("DELETE FROM artifacts WHERE kind = ? AND id = ?", record.kind, id);
  for (const [role, artifact] of artifactsOf(record)) {
    const { path: artifactPath, sha256: hash, bytes } = artifact;
    execute(
      "INSERT OR REPLACE INTO artifacts VALUES (?, ?, ?, ?, ?, ?)",
      record.kind,
      id,
      role,
      artifactPath,
      hash,
      bytes,
    );
  }
  indexKind(execute, record);
}

/** Removes rows without a record file, and sets the deployment aliases to the newest deployment. */
export function forgetOrphans(execute: Execute): void {
  execute("DELETE FROM datasets WHERE dataset_id NOT IN (SELECT id FROM records WHERE kind = 'dataset')");
  execute("DELETE FROM runs WHERE run_id NOT IN (SELECT id FROM records WHERE kind = 'run')");
  execute(
    "DELETE FROM deployments WHERE deployment_id NOT IN (SELECT CAST(id AS INTEGER) FROM records WHERE kind = 'deployment')",
  );
  execute("DELETE FROM monitorings WHERE monitor_id NOT IN (SELECT id FROM records WHERE kind = 'monitor')");
  execute("DELETE FROM searches WHERE search_id NOT IN (SELECT id FROM records WHERE kind = 'search')");
  execute("DELETE FROM executions WHERE execution_id NOT IN (SELECT id FROM records WHERE kind = 'execution')");
  execute("DELETE FROM artifacts WHERE (kind, id) NOT IN (SELECT kind, id FROM records)");
  execute("DELETE FROM aliases WHERE source = 'manual' AND NOT EXISTS (SELECT 1 FROM records WHERE kind = 'aliases')");
  execute("DELETE FROM aliases WHERE source = 'deployment'");
  execute(`INSERT OR REPLACE INTO aliases SELECT alias.value, 'deployment', newest.run_id
    FROM (SELECT * FROM deployments ORDER BY deployment_id DESC LIMIT 1) AS newest,
         json_each(newest.record, '$.aliases') AS alias`);
}

function indexKind(execute: Execute, record: WorkspaceRecord): void {
  switch (record.kind) {
    case "dataset":
      return indexDataset(execute, record);
    case "run":
      return indexRun(execute, record);
    case "deployment":
      return indexDeployment(execute, record);
    case "aliases":
      return indexAliases(execute, record);
    case "search":
      return indexSearch(execute, record);
    case "monitor":
      return indexMonitoring(execute, record);
    case "execution":
      return indexExecution(execute, record);
  }
}

function indexDataset(execute: Execute, dataset: Dataset): void {
  const { datasetId, createdAt, inputFolder, artifact, rows, seconds } = dataset;
  execute("DELETE FROM datasets WHERE dataset_id = ?", datasetId);
  execute(
    "INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    datasetId,
    createdAt,
    inputFolder,
    artifact.path,
    artifact.sha256,
    rows,
    seconds,
    JSON.stringify(dataset),
  );
  for (const file of dataset.files) {
    const { path, sha256, bytes } = file;
    execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", datasetId, path, sha256, bytes, file.rows);
  }
}

function indexRun(execute: Execute, run: Run): void {
  const { runId, createdAt, trainId, status, family, featureSet, rank, datasetSha256, configSha256, seconds } = run;
  execute("DELETE FROM runs WHERE run_id = ?", runId);
  execute(
    "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    runId,
    createdAt,
    trainId,
    status,
    family,
    featureSet,
    rank,
    datasetSha256,
    configSha256,
    seconds,
    JSON.stringify(run),
  );
  for (const [name, value] of Object.entries(run.params)) {
    execute("INSERT INTO params VALUES (?, ?, ?)", runId, name, JSON.stringify(value));
  }
  for (const [name, value] of Object.entries(run.metrics)) {
    execute("INSERT INTO metrics VALUES (?, 'validation', ?, ?)", runId, name, value);
  }
  for (const [name, value] of Object.entries(run.score?.metrics ?? {})) {
    execute("INSERT INTO metrics VALUES (?, 'test', ?, ?)", runId, name, value);
  }
  if (run.model !== null) {
    const { path, sha256 } = run.model;
    execute("INSERT INTO models VALUES (?, ?, ?, ?)", runId, run.modelVersion, path, sha256);
  }
}

function indexDeployment(execute: Execute, deployment: Deployment): void {
  const { deploymentId, runId, deployedAt, action } = deployment;
  execute(
    "INSERT OR REPLACE INTO deployments VALUES (?, ?, ?, ?, ?)",
    deploymentId,
    runId,
    deployedAt,
    action,
    JSON.stringify(deployment),
  );
}

function indexExecution(execute: Execute, execution: Execution): void {
  const { executionId, job, trigger, dueAt, startedAt, endedAt, status, exitCode, seconds, log } = execution;
  execute(
    "INSERT OR REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    executionId,
    job,
    trigger,
    dueAt,
    startedAt,
    endedAt,
    status,
    exitCode,
    seconds,
    log,
    JSON.stringify(execution),
  );
}

function indexAliases(execute: Execute, { aliases }: Aliases): void {
  execute("DELETE FROM aliases WHERE source = 'manual'");
  for (const [name, runId] of Object.entries(aliases)) {
    execute("INSERT INTO aliases VALUES (?, 'manual', ?)", name, runId);
  }
}
