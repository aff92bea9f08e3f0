/** The truth about a workspace: its records and its lock. Record files in folders, and rows in Postgres, are the two that exist. */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { Artifact, Deployment, Dataset, Run } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";

/** A record as its place has it, not read yet. */
export interface RecordFile {
  readonly path: string;
  /** Size, mtime and inode of its file, or its number in a database; it counts as unchanged while these are unchanged. */
  readonly stat: string;
}

export interface ReadRecord extends RecordFile {
  readonly sha256: string;
  readonly record: WorkspaceRecord;
}

export type KnownRecord = Pick<ReadRecord, "stat" | "sha256">;

export interface RecordChanges {
  readonly changed: readonly ReadRecord[];
  readonly touched: readonly RecordFile[];
  readonly removed: readonly string[];
}

/** A record that cannot be read; the index leaves it out. */
export interface RecordProblem {
  readonly path: string;
  readonly error: MlctlError;
}

export interface FoundChanges {
  readonly changes: RecordChanges;
  readonly problems: readonly RecordProblem[];
}

/** The deployment to make; its artifacts name the source files, which are copied. */
export type DeploymentRequest = Omit<Deployment, "kind" | "deploymentId" | "previousRunId">;

export interface LockRequest {
  /** The command of this process, such as "mlctl train"; shown to other processes that find the lock taken. */
  readonly command: string;
  readonly waitMs: number;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** Takes the lock of this scheduled job, not that of the workspace: it may run for hours. */
  readonly job?: string;
  /** Called if the lock of a job was lost with the connection, and another process took it meanwhile. */
  readonly onLost?: (message: string) => void;
  /** Called once, when another process holds the lock and waiting begins. */
  readonly onWait?: (message: string) => void;
}

export interface HeldLock {
  /** The clock that dates records: that of the database where several machines share one. */
  readonly now: () => Date;
  readonly release: () => Promise<void>;
}

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  readonly since: string;
}

/** What is no record, because it changes often: which alerts were sent, and since when jobs are expected to run. */
export const stateNames = ["alerts", "schedule"] as const;
export type StateName = (typeof stateNames)[number];

/** Where the bytes that records name are, beside the folders of this machine. */
export interface Artifacts {
  /** Called before the record is saved. @throws {MlctlError} kind "data" if a file changed since it was recorded */
  keep(artifacts: readonly Artifact[]): Promise<void>;
  /**
   * Brings the files of a record to this machine, where they are missing or have another content.
   * @param artifacts some of those of the record; all of them by default
   * @throws {MlctlError} kind "data" if there is no such object, or it has other bytes
   */
  fetch(record: WorkspaceRecord, artifacts?: readonly Artifact[]): Promise<void>;
  /** Whether another machine can have it. */
  isKept(artifact: Artifact): Promise<boolean>;
}

export const noArtifacts: Artifacts = { keep: async () => {}, fetch: async () => {}, isKept: async () => false };

export interface Records extends Omit<Artifacts, "keep"> {
  /** @param known the records that the index has, by path; empty: all records */
  changes(known: ReadonlyMap<string, KnownRecord>): Promise<FoundChanges>;
  /**
   * Writes a record whose files were written before. Not for the active deployment. The caller holds the lock, except for
   * an execution.
   * @returns the record as the index stores it
   */
  save(record: WorkspaceRecord): Promise<ReadRecord>;
  /** @param paths as in the index. The caller holds the lock, except for executions. */
  remove(paths: readonly string[]): Promise<void>;
  /**
   * Copies the artifacts into a release folder and switches to them. The caller holds the lock, and updates the index.
   * @throws {MlctlError} "data" if a source file differs from its record; the old deployment stays active then
   */
  deploy(request: DeploymentRequest): Promise<Deployment>;
  /**
   * Reads, changes and writes a state in one go: of two processes or machines, the second gets what the first wrote.
   * @param change gets null before there is one, returns null to remove it, and must not wait; without it, the state is only read
   */
  state(name: StateName, change?: (now: string | null) => string | null): Promise<string | null>;
  /** It ends with the process. @throws {MlctlError} kind "busy" after `waitMs`; "interrupted" on `signal` */
  lock(request: LockRequest): Promise<HeldLock>;
  holder(): Promise<LockHolder | undefined>;
}

/** Records that the index names but did not read: for `changes`, each is a new one. */
export function unread(paths: Iterable<string>): Map<string, KnownRecord> {
  return new Map([...paths].map((path) => [path, { stat: "", sha256: "" }]));
}

/** All records as if none were known; `known` names those in folders that config.json no longer has. */
export async function allRecords(records: Pick<Records, "changes">, known: Iterable<string>) {
  const { changes, problems } = await records.changes(unread(known));
  return { records: changes.changed, problems };
}

/** Short enough to seem immediate, long enough to cost nothing. */
const POLL_MILLISECONDS = 50;

/** Until the next try. @throws {MlctlError} kind "interrupted" on `signal` */
export async function pauseForLock(signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(POLL_MILLISECONDS, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.reason instanceof MlctlError) throw signal.reason;
    throw new MlctlError("interrupted", "interrupted while waiting for another mlctl", { cause: error });
  }
}

/** The error for a process that finds the lock taken. */
export function lockBusy(holder: LockHolder | undefined): MlctlError {
  const who = holder === undefined ? "" : ` (pid ${holder.pid}, \`${holder.command}\`, since ${holder.since})`;
  return new MlctlError("busy", `the workspace is in use: another mlctl${who} is working in it`, {
    hint: "try again later, or wait for it with `--wait 10m`",
  });
}

/** The JSON records of a workspace, from which the index is built, and their paths. */
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
