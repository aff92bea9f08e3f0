/** WorkspaceRecord: the JSON files that say what a workspace holds; the index is made of nothing else. */
import { join } from "node:path";
import type { Artifact } from "../../core/records/artifact.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { Run } from "../../core/records/run.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";

export type WorkspaceRecord = Dataset | Run | Deployment | Aliases | MonitorRecord | SearchRecord | Execution;

/** What tells records of one kind apart. */
export function recordId(record: WorkspaceRecord): string {
  switch (record.kind) {
    case "dataset":
      return record.datasetId;
    case "run":
      return record.runId;
    case "deployment":
      return String(record.deploymentId);
    case "aliases":
      return "aliases";
    case "monitor":
      return record.monitorId;
    case "search":
      return record.searchId;
    case "execution":
      return record.executionId;
  }
}

/** Where a record lies; for a deployment, where it lies once another one follows. */
export function recordPath(paths: WorkspacePaths, record: WorkspaceRecord): string {
  switch (record.kind) {
    case "dataset":
      return join(paths.datasets, `dataset_${record.datasetId}.json`);
    case "run":
      return join(paths.models, `run_${record.runId}.json`);
    case "deployment":
      return join(paths.production, "history", `deployment_${paddedId(record.deploymentId)}.json`);
    case "aliases":
      return join(paths.models, "aliases.json");
    case "monitor":
      return join(monitoringFolder(paths), `monitor_${record.monitorId}.json`);
    case "search":
      return join(searchFolder(paths), `search_${record.searchId}.json`);
    case "execution":
      return join(scheduleFolder(paths), `execution_${record.executionId}.json`);
  }
}

/** Where monitoring leaves its records, and the state of the alerts. */
export function monitoringFolder({ models }: Pick<WorkspacePaths, "models">): string {
  return join(models, "monitoring");
}

/** Where searches leave their trials. */
export function searchFolder({ models }: Pick<WorkspacePaths, "models">): string {
  return join(models, "searches");
}

/** Where scheduled jobs leave their records and logs. */
export function scheduleFolder({ models }: Pick<WorkspacePaths, "models">): string {
  return join(models, "schedule");
}

/** Padded so that names sort by number. */
export function paddedId(deploymentId: number): string {
  return String(deploymentId).padStart(6, "0");
}

/** The artifacts that a record says are there, each with the part it plays. */
export function artifactsOf(record: WorkspaceRecord): readonly (readonly [role: string, artifact: Artifact])[] {
  switch (record.kind) {
    case "dataset":
      return [["dataset", record.artifact], ...rejectedCopies(record)];
    case "run":
      return present([
        ["model", record.model],
        ["score", record.score?.artifact ?? null],
      ]);
    case "deployment":
      if (record.prunedAt !== undefined) return [];
      return present([
        ["model", record.model],
        ["latest_score", record.latestScore],
        ["ingested_files", record.ingestedFiles],
      ]);
    case "aliases":
    case "monitor":
    case "search":
    case "execution":
      return [];
  }
}

/** Two spaces, ending in a newline; of a search each trial in a line. */
export function recordText(record: WorkspaceRecord): string {
  if (record.kind === "search") {
    const { trials, ...rest } = record;
    const lines = trials.map((trial) => `    ${JSON.stringify(trial)}`);
    return `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "trials": [\n${lines.join(",\n")}\n  ]\n}\n`;
  }
  return `${JSON.stringify(record, null, 2)}\n`;
}

function rejectedCopies(dataset: Dataset): (readonly [string, Artifact])[] {
  return dataset.rejected.flatMap(({ copy, sha256, bytes }) =>
    copy === undefined ? [] : [[`rejected ${copy}`, { path: copy, sha256, bytes }] as const],
  );
}

function present(items: readonly (readonly [string, Artifact | null])[]): (readonly [string, Artifact])[] {
  return items.flatMap(([role, artifact]) => (artifact === null ? [] : [[role, artifact] as const]));
}

/** `<output_model_path>/aliases.json`. */
export interface Aliases {
  readonly kind: "aliases";
  /** Run id by name, without the @. */
  readonly aliases: Readonly<Record<string, string>>;
}
