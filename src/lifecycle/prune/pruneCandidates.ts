/** What a workspace holds, as prune sees it: things that stay or go as a whole. */
import { join } from "node:path";
import { readdirSync, statSync } from "node:fs";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { Run } from "../../core/records/run.ts";
import { timeOfStamp } from "../../core/text/format.ts";
import { toRecordPath, type WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { workspaceBackups } from "../../storage/backup/workspaceBackups.ts";
import { artifactsOf, type WorkspaceRecord } from "../../storage/records/workspaceRecord.ts";
import type { Session } from "../session.ts";
import { releaseFiles, releasesAreOwn } from "../../storage/deployment/pruneRelease.ts";
import { rollbackTargets } from "../../storage/deployment/rollbackTarget.ts";

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

/** A server that takes up a deployment may find the next one in force before it has read the model. */
const NEWEST = 3;

/** So many rollbacks are possible whatever config.json says. */
const ROLLBACKS = 2;

interface Release extends PruneCandidate {
  readonly release: Deployment;
}

/** The copies that deployments have of their models, as prune sees them. */
export interface Releases {
  /** Newest first, without those that were pruned. */
  readonly candidates: readonly Release[];
  /** Numbers of those that stay whatever config.json says. */
  readonly inForce: ReadonlySet<number>;
  /** What a killed prune left; never of the one in force, whatever a record that was copied by hand says of it. */
  readonly left: readonly Release[];
}

export function releasesOf({ store, paths, context }: Session): Releases {
  const history = store.deployments();
  const all = history.map((deployment, i): Release => {
    const next = history[i - 1];
    return {
      // As `mlctl lineage` takes it.
      id: `d${deployment.deploymentId}`,
      createdAt: deployment.deployedAt,
      ...(next === undefined ? {} : { agesFrom: next.deployedAt }),
      records: [],
      files: releaseFiles(paths, deployment) ?? [],
      release: deployment,
    };
  });
  const candidates = all.filter(({ release }) => release.prunedAt === undefined);
  if (!releasesAreOwn(paths)) {
    const message = "the folder releases leads out of prod_deployment_path: nothing is pruned there";
    context.emit({ type: "warning", stage: "prune", message });
    return { candidates, inForce: new Set(history.map(({ deploymentId }) => deploymentId)), left: [] };
  }
  const staying = [...history.slice(0, NEWEST), ...rollbackTargets(history).slice(0, ROLLBACKS)];
  return {
    candidates,
    inForce: new Set(staying.map(({ deploymentId }) => deploymentId)),
    left: all
      .slice(1)
      .filter(({ release }) => release.prunedAt !== undefined && releaseFiles(paths, release) !== undefined),
  };
}

/** Stamped files in the folders of models and datasets that no record names. */
export interface LooseFile {
  readonly name: string;
  /** Relative to the workspace. */
  readonly path: string;
  readonly createdAt: string;
}

/** "20261121T134652753Z" */
const STAMP = /_(\d{8}T\d{9}Z)(?:_\d+)?\.[a-z]+$/;

/** @param named by records, relative to the workspace */
export function looseFiles(paths: WorkspacePaths, named: ReadonlySet<string>): LooseFile[] {
  return [paths.models, paths.datasets].flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const stamp = STAMP.exec(name)?.[1];
      const path = toRecordPath(paths.workspace, join(folder, name));
      return stamp === undefined || named.has(path) ? [] : [{ name, path, createdAt: timeOfStamp(stamp) }];
    }),
  );
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
