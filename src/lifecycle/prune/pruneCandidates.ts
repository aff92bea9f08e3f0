/** Lists the items of a workspace that prune keeps or deletes as a whole. */
import { join } from "node:path";
import { existsSync, readdirSync } from "node:fs";
import type { Dataset, Deployment, Run } from "../../core/records/lineage.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import { timeOfStamp } from "../../core/text/format.ts";
import { toRecordPath, type WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { artifactsOf, recordId, type WorkspaceRecord } from "../../storage/records/records.ts";
import type { Session } from "../session.ts";
import { releaseFiles, releasesAreOwn } from "../../storage/deployment/repairDeployment.ts";
import { rollbackTargets } from "../../storage/deployment/currentDeployment.ts";

export interface PruneCandidate {
  readonly id: string;
  readonly createdAt: string;
  /** Start of its age, if that is not `createdAt`. */
  readonly agesFrom?: string;
  readonly records: readonly WorkspaceRecord[];
  /** Paths relative to the workspace, without the records. */
  readonly files: readonly string[];
  /** The deployment that the files belong to. Its record is kept and marked as pruned. */
  readonly release?: Deployment;
}

export function trainingsOf(all: readonly Run[]): PruneCandidate[] {
  return [...Map.groupBy(all, ({ trainId }) => trainId)].map(([id, runs]) => ({
    id,
    createdAt: runs.reduce((latest, { createdAt }) => (createdAt > latest ? createdAt : latest), ""),
    records: runs,
    files: runs.flatMap(filesOf),
  }));
}

export function datasetsOf(all: readonly Dataset[], { paths }: Session): PruneCandidate[] {
  return all.map((dataset) => ({
    id: dataset.datasetId,
    createdAt: dataset.createdAt,
    records: [dataset],
    files: [...filesOf(dataset), ...unrecordedFilesOf(dataset, paths)],
  }));
}

/** Files that ingest wrote for a dataset and that its record does not name. */
export function unrecordedFilesOf({ datasetId, rejected }: Dataset, { workspace, datasets }: WorkspacePaths): string[] {
  const reasons = rejected.flatMap(({ copy }) => (copy === undefined ? [] : [`${copy}.reason.txt`]));
  return [...reasons, toRecordPath(workspace, join(datasets, `ingestedfiles_${datasetId}.txt`))];
}

export function recordsOnly(records: readonly (SearchRecord | MonitorRecord)[]): PruneCandidate[] {
  return records.map((record) => ({ id: recordId(record), createdAt: record.createdAt, records: [record], files: [] }));
}

export function executionsOf(executions: readonly Execution[]): PruneCandidate[] {
  return executions.map((record) => ({
    id: record.executionId,
    createdAt: record.startedAt,
    records: [record],
    files: record.log === null ? [] : [record.log],
  }));
}

export function filesOf(record: WorkspaceRecord): string[] {
  return artifactsOf(record).map(([, { path }]) => path);
}

/** Newest deployments that are always kept: a server may still be loading one when the next is deployed. */
const NEWEST = 3;

/** Number of rollbacks that are always possible, regardless of config.json. */
const ROLLBACKS = 2;

interface Release extends PruneCandidate {
  readonly release: Deployment;
}

/**
 * The deployments that were not pruned, newest first; the ids of those that are always kept; and files that a killed
 * prune left behind, never those of the current deployment, even if its record says pruned.
 */
export function releasesOf({ store, paths, context }: Session) {
  const history = store.deployments();
  const all = history.map((deployment, i): Release => {
    const next = history[i - 1];
    return {
      // The form that `mlctl lineage` accepts.
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
    const message = "the folder releases points outside prod_deployment_path: its files are not pruned";
    context.emit({ type: "warning", stage: "prune", message });
    return { candidates, inForce: new Set(history.map(({ deploymentId }) => deploymentId)), left: [] };
  }
  const kept = [...history.slice(0, NEWEST), ...rollbackTargets(history).slice(0, ROLLBACKS)];
  return {
    candidates,
    inForce: new Set(kept.map(({ deploymentId }) => deploymentId)),
    left: all
      .slice(1)
      .filter(({ release }) => release.prunedAt !== undefined && releaseFiles(paths, release) !== undefined),
  };
}

/** "20261121T134652753Z" */
const STAMP = /_(\d{8}T\d{9}Z)(?:_\d+)?\.[a-z]+$/;

/**
 * Files with a time stamp in the folders of models and datasets that no record names.
 * @param named paths that records name, relative to the workspace
 */
export function looseFiles(paths: WorkspacePaths, named: ReadonlySet<string>): PruneCandidate[] {
  return [paths.models, paths.datasets].flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : []).flatMap((id) => {
      const stamp = STAMP.exec(id)?.[1];
      const path = toRecordPath(paths.workspace, join(folder, id));
      if (stamp === undefined || named.has(path)) return [];
      return [{ id, createdAt: timeOfStamp(stamp), records: [], files: [path] }];
    }),
  );
}
