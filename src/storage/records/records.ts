/** The truth about a workspace: its records and its lock. Record files in folders, and rows in Postgres, are the two that exist. */
import type { Artifact } from "../../core/records/artifact.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import type { WorkspaceRecord } from "./workspaceRecord.ts";
import { setTimeout as sleep } from "node:timers/promises";

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

/** All records as if none were known; `known` names those in folders that config.json no longer has. */
export async function allRecords(records: Pick<Records, "changes">, known: Iterable<string>) {
  const none = new Map([...known].map((path) => [path, { stat: "", sha256: "" }]));
  const { changes, problems } = await records.changes(none);
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
