/** Records and a workspace for the tests of storage. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll } from "vitest";
import type { Artifact } from "../core/artifact.ts";
import type { Dataset } from "../core/dataset.ts";
import type { Run } from "../core/run.ts";
import type { DeploymentRequest } from "./deployment/commitDeployment.ts";
import { sha256Text } from "./sha256Text.ts";
import type { WorkspacePaths } from "./workspacePaths.ts";

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
  };
  for (const folder of [paths.datasets, paths.models, paths.production]) mkdirSync(folder, { recursive: true });
  return paths;
}

/** Writes a file into the workspace. */
export function exampleArtifact(paths: WorkspacePaths, path: string, content: string): Artifact {
  mkdirSync(dirname(join(paths.workspace, path)), { recursive: true });
  writeFileSync(join(paths.workspace, path), content);
  return { path, sha256: sha256Text(content), bytes: Buffer.byteLength(content) };
}

/** The n-th dataset, a day after the one before. */
export function exampleDataset(n: number, change: Partial<Dataset> = {}): Dataset {
  const day = String(n).padStart(2, "0");
  return {
    kind: "dataset",
    datasetId: `202601${day}T000000000Z`,
    createdAt: `2026-01-${day}T00:00:00.000Z`,
    artifact: { path: `ingesteddata/finaldata_202601${day}T000000000Z.csv`, sha256: `data${n}`, bytes: 10 },
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

/** The n-th run, a minute after the one before. */
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
