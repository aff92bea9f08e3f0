/** The JSON records of a workspace, from which the index is built, and their paths. */
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

/** Of each kind, except aliases: the folder of its files, which are named `<kind>_<id>.json`, and the key of its id. */
export const recordKinds = {
  dataset: { folder: ({ datasets }: Folders) => datasets, id: "datasetId" },
  run: { folder: ({ models }: Folders) => models, id: "runId" },
  deployment: { folder: ({ production }: Folders) => join(production, "history"), id: "deploymentId" },
  monitor: { folder: monitoringFolder, id: "monitorId" },
  search: { folder: searchFolder, id: "searchId" },
  execution: { folder: scheduleFolder, id: "executionId" },
} as const;

type Folders = Pick<WorkspacePaths, "datasets" | "models" | "production">;

/** Unique among records of the same kind. */
export function recordId(record: WorkspaceRecord): string {
  if (record.kind === "aliases") return "aliases";
  return String((record as unknown as Readonly<Record<string, unknown>>)[recordKinds[record.kind].id]);
}

/** Path of a record file; for a deployment, its path in the history after another deployment replaced it. */
export function recordPath(paths: WorkspacePaths, record: WorkspaceRecord): string {
  if (record.kind === "aliases") return join(paths.models, "aliases.json");
  const id = record.kind === "deployment" ? paddedId(record.deploymentId) : recordId(record);
  return join(recordKinds[record.kind].folder(paths), `${record.kind}_${id}.json`);
}

/** Folder of monitoring records and alert state. */
export function monitoringFolder({ models }: Pick<WorkspacePaths, "models">): string {
  return join(models, "monitoring");
}

export function searchFolder({ models }: Pick<WorkspacePaths, "models">): string {
  return join(models, "searches");
}

/** Folder of the records and logs of scheduled jobs. */
export function scheduleFolder({ models }: Pick<WorkspacePaths, "models">): string {
  return join(models, "schedule");
}

/** Padded with zeros so that file names sort by number. */
export function paddedId(deploymentId: number): string {
  return String(deploymentId).padStart(6, "0");
}

/** The artifacts of a record, with their roles; none for a pruned deployment. */
export function artifactsOf(record: WorkspaceRecord): readonly (readonly [role: string, artifact: Artifact])[] {
  switch (record.kind) {
    case "dataset":
      return present([
        ["dataset", record.artifact],
        ...record.rejected.map(
          ({ copy, sha256, bytes }) =>
            [`rejected ${copy}`, copy === undefined ? null : { path: copy, sha256, bytes }] as const,
        ),
      ]);
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
    default:
      return [];
  }
}

/** The content of the record file: indented by two spaces, with each trial of a search on one line. */
export function recordText(record: WorkspaceRecord): string {
  if (record.kind === "search") {
    const { trials, ...rest } = record;
    const lines = trials.map((trial) => `    ${JSON.stringify(trial)}`);
    return `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "trials": [\n${lines.join(",\n")}\n  ]\n}\n`;
  }
  return `${JSON.stringify(record, null, 2)}\n`;
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
