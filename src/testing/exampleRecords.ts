/** Example records and workspaces for tests of storage. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll } from "vitest";
import type { Artifact, Dataset, Run } from "../core/records/lineage.ts";
import type { Execution } from "../core/records/execution.ts";
import type { MonitorRecord } from "../core/records/monitoring.ts";
import type { SearchRecord } from "../core/records/search.ts";
import type { DeploymentRequest } from "../storage/records/records.ts";
import { sha256Text, type WorkspacePaths } from "../storage/files/workspacePaths.ts";

/** Child processes run the built files: `npm test` builds first, else `npm run build`. */
export const dist = resolve(import.meta.dirname, "../../dist/storage");

const made: string[] = [];
afterAll(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-storage-"));
  made.push(folder);
  return folder;
}

export function exampleWorkspace(): WorkspacePaths {
  return workspaceIn(temporaryFolder());
}

export function workspaceIn(workspace: string): WorkspacePaths {
  const paths = {
    workspace,
    datasets: join(workspace, "ingesteddata"),
    models: join(workspace, "models"),
    production: join(workspace, "production_deployment"),
    database: join(workspace, "mlctl.db"),
    index: join(workspace, "mlctl.db"),
  };
  for (const folder of [paths.datasets, paths.models, paths.production]) mkdirSync(folder, { recursive: true });
  return paths;
}

/** Writes a file into the workspace and returns its artifact. */
export function exampleArtifact(paths: WorkspacePaths, path: string, content: string): Artifact {
  mkdirSync(dirname(join(paths.workspace, path)), { recursive: true });
  writeFileSync(join(paths.workspace, path), content);
  return { path, sha256: sha256Text(content), bytes: Buffer.byteLength(content) };
}

/** The n-th dataset, one day after the previous one. */
export function exampleDataset(n: number, change: Partial<Dataset> = {}): Dataset {
  const date = String(n).padStart(2, "0");
  return {
    kind: "dataset",
    datasetId: `202601${date}T000000000Z`,
    createdAt: `2026-01-${date}T00:00:00.000Z`,
    artifact: { path: `ingesteddata/finaldata_202601${date}T000000000Z.csv`, sha256: `data${n}`, bytes: 10 },
    rows: 26,
    columns: [{ name: "exited", type: "BIGINT" }],
    inputFolder: "practicedata",
    files: [{ path: "practicedata/a.csv", sha256: `file${n}`, bytes: 5, rows: 30 }],
    rejected: [],
    duplicatesRemoved: 10,
    ingestSha256: "ingest",
    seconds: 0.25,
    ...change,
  };
}

/** The n-th run, one minute after the previous one. */
export function exampleRun(n: number, change: Partial<Run> = {}): Run {
  return {
    kind: "run",
    runId: `run${n}`,
    status: "FINISHED",
    createdAt: `2026-02-01T00:${String(n).padStart(2, "0")}:00.000Z`,
    trainId: `train${n}`,
    task: "binary",
    family: "logistic_regression",
    featureSet: "all",
    metric: "f1",
    params: { l2: 1, solver: "lbfgs" },
    metrics: { f1: 0.5, roc_auc: null },
    tags: {},
    datasetId: exampleDataset(1).datasetId,
    datasetSha256: "data1",
    configSha256: "config1",
    config: {},
    codeVersion: "0.1.0",
    seed: 42,
    trainingRows: 20,
    validationRows: 6,
    seconds: 1.5,
    rank: 1,
    model: { path: `models/trainedmodel_${n}.json`, sha256: `model${n}`, bytes: 100 },
    modelVersion: n,
    warnings: [],
    score: null,
    ...change,
  };
}

/** The n-th monitored day of run 1: f1 is too low and one column has drifted. */
export function exampleMonitoring(n: number, change: Partial<MonitorRecord> = {}): MonitorRecord {
  const values = { statistic: 0.5, value: 0.001, limit: 0.05, psi: 0.3 };
  const drifted = { test: "ks", measure: "p_value", direction: "below", ...values } as const;
  const dataset = { tested: 1, drifted: 1, share: 1, limit: 0.5, detected: true };
  const nothing = { passes: "at_most", interval: null, message: "" } as const;
  return {
    kind: "monitor",
    monitorId: `watch${n}`,
    createdAt: day(n + 1),
    source: "predictions",
    window: { label: `day ${n}`, start: day(n), end: day(n + 1), rows: 50, labelled: 40, file: null },
    runId: "run1",
    modelVersion: 1,
    modelSha256: "model1",
    settingsSha256: "settings",
    reference: { name: "training", rows: 20 },
    status: "fail",
    drift: {
      rules: "calibrated",
      referenceRows: 20,
      currentRows: 50,
      columns: { age: { ...drifted, drifted: true } },
      dataset,
      target: null,
    },
    quality: {
      rows: 50,
      duplicateShare: 0,
      missingColumns: [],
      extraColumns: [],
      newestAt: day(n),
      ageDays: 1,
      columns: {},
    },
    performance: {
      rows: 40,
      metric: "f1",
      value: 0.5,
      reference: 0.7,
      metrics: { f1: 0.5, roc_auc: null },
      intervals: { f1: [0.4, 0.6], roc_auc: null },
      errorStandardDeviation: null,
      meanPredicted: 0.4,
      meanActual: 0.5,
      points: [[day(n), "1", "0"]],
      estimate: null,
    },
    segments: [],
    findings: [
      { area: "drift", name: "dataset drift", status: "fail", value: 1, limit: 0.5, ...nothing },
      { area: "performance", name: "f1", status: "fail", value: 0.5, limit: 0.7, ...nothing, passes: "at_least" },
      { area: "quality", name: "rows", status: "pass", value: 50, limit: 1, ...nothing, passes: "at_least" },
    ],
    statements: [],
    ...change,
  };
}

/** A search with two trials. */
export function exampleSearch(n: number): SearchRecord {
  const trial = (number: number, value: number) => ({
    trialId: `search${n}.${number}`,
    number,
    status: "finished" as const,
    params: { C: 10 ** number },
    steps: [value],
    value,
    seconds: 0.5,
  });
  return {
    kind: "search",
    searchId: `search${n}`,
    createdAt: day(n),
    trainId: "t",
    key: `key${n}`,
    task: "binary",
    family: "logistic_regression",
    featureSet: "all",
    metric: "f1",
    method: "grid",
    folds: 3,
    foldMethod: "stratified_k_fold",
    seed: 42,
    params: {},
    datasetSha256: "data1",
    configSha256: "config1",
    codeVersion: "0.1.0",
    bestTrial: 1,
    trials: [trial(0, 0.5), trial(1, 0.6)],
  };
}

function day(date: number): string {
  return `2026-03-${String(date).padStart(2, "0")}T00:00:00.000Z`;
}

/** A request to deploy run `runId`, with its files written into `models`. */
export function exampleRequest(paths: WorkspacePaths, runId: string, minute: number): DeploymentRequest {
  return {
    runId,
    deployedAt: `2026-03-01T00:${String(minute).padStart(2, "0")}:00.000Z`,
    action: "deploy",
    reasons: ["no model is deployed"],
    aliases: ["champion"],
    metric: "f1",
    value: 0.571,
    datasetSha256: "data1",
    configSha256: "config1",
    model: exampleArtifact(paths, `models/trainedmodel_${runId}.json`, `{"model":"${runId}"}`.repeat(2_000)),
    latestScore: exampleArtifact(paths, `models/latestscore_${runId}.txt`, `0.571 ${runId}\n`),
    ingestedFiles: exampleArtifact(paths, `ingesteddata/ingestedfiles_${runId}.txt`, `a.csv ${runId}\n`),
  };
}

/** The n-th run of a job, one day after the previous one. */
export function exampleExecution(n: number, change: Partial<Execution> = {}): Execution {
  const at = `2026-01-${String(n).padStart(2, "0")}T06:00:00.000Z`;
  return {
    kind: "execution",
    executionId: `job_${n}`,
    job: "fullprocess",
    command: ["fullprocess"],
    trigger: "schedule",
    dueAt: at,
    startedAt: at,
    endedAt: null,
    status: "running",
    exitCode: null,
    reason: null,
    seconds: null,
    log: null,
    pid: 1,
    host: "elsewhere",
    ...change,
  };
}
