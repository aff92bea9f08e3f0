/** What a workspace holds, as prune sees it: things that stay or go as a whole. */
import { join } from "node:path";
import type { Deployment } from "../core/deployment.ts";
import type { Execution } from "../core/execution.ts";
import type { Run } from "../core/run.ts";
import { timeOfStamp } from "../core/format.ts";
import { toRecordPath } from "../storage/files/workspacePaths.ts";
import { workspaceBackups } from "../storage/backup/workspaceBackups.ts";
import { artifactsOf, type WorkspaceRecord } from "../storage/records/workspaceRecord.ts";
import type { Session } from "./session.ts";

export interface PruneCandidate {
  readonly id: string;
  readonly createdAt: string;
  /** From when its age counts, where that is not when it was made. */
  readonly agesFrom?: string;
  readonly records: readonly WorkspaceRecord[];
  /** Relative to the workspace, without the records. */
  readonly files: readonly string[];
  /** Whose copies these files are: its record stays and says that they are gone. */
  readonly release?: Deployment;
}

export function trainingsOf({ store }: Session): PruneCandidate[] {
  const byTraining = new Map<string, Run[]>();
  for (const run of store.runs()) byTraining.set(run.trainId, [...(byTraining.get(run.trainId) ?? []), run]);
  return [...byTraining].map(([id, runs]) => ({
    id,
    createdAt: runs
      .map(({ createdAt }) => createdAt)
      .toSorted()
      .at(-1)!,
    records: runs,
    files: runs.flatMap(filesOf),
  }));
}

export function datasetsOf({ store, paths }: Session): PruneCandidate[] {
  return store.datasets().map((dataset) => ({
    id: dataset.datasetId,
    createdAt: dataset.createdAt,
    records: [dataset],
    files: [
      ...filesOf(dataset),
      ...dataset.rejected.flatMap(({ copy }) => (copy === undefined ? [] : [`${copy}.reason.txt`])),
      toRecordPath(paths.workspace, join(paths.datasets, `ingestedfiles_${dataset.datasetId}.txt`)),
    ],
  }));
}

export function searchesOf({ store }: Session): PruneCandidate[] {
  return store
    .searches()
    .map((record) => ({ id: record.searchId, createdAt: record.createdAt, records: [record], files: [] }));
}

export function monitoringsOf({ store }: Session): PruneCandidate[] {
  return store
    .monitorings()
    .map((record) => ({ id: record.monitorId, createdAt: record.createdAt, records: [record], files: [] }));
}

export function executionsOf(executions: readonly Execution[]): PruneCandidate[] {
  return executions.map((record) => ({
    id: record.executionId,
    createdAt: record.startedAt,
    records: [record],
    files: record.log === null ? [] : [record.log],
  }));
}

export function backupsOf({ paths }: Session): PruneCandidate[] {
  return workspaceBackups(paths.workspace).map((name) => ({
    id: name,
    createdAt: timeOfStamp(name.slice("backup_".length, -".tar.gz".length)),
    records: [],
    files: [name],
  }));
}

export function filesOf(record: WorkspaceRecord): string[] {
  return artifactsOf(record).map(([, { path }]) => path);
}
