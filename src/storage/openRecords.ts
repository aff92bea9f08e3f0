/** Chooses where the records of a workspace are. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { bucketArtifacts, bucketOfWorkBytes } from "./bucket/bucketArtifacts.ts";
import { type WorkspacePaths, fromRecordPath, toRecordPath } from "./files/workspacePaths.ts";
import { postgresRecords } from "./postgres/postgresRecords.ts";
import {
  noArtifacts,
  type Records,
  type StateName,
  monitoringFolder,
  recordPath,
  recordText,
  scheduleFolder,
} from "./records/records.ts";
import { commitDeployment } from "./deployment/commitDeployment.ts";
import { atomicWrite, syncFolder, removeFile } from "./files/atomicWrite.ts";
import { acquireLock, lockHolder } from "./lock.ts";
import { changedFiles, readRecord, recordFile } from "./records/recordFiles.ts";
import { MlctlError } from "../core/errors.ts";
import { QUEUE_SCHEMA, workerName, workQueue, type WorkQueue } from "./postgres/workQueue.ts";
import { tableOfWorkBytes, workSession } from "./postgres/workSession.ts";

/**
 * Opens nothing yet.
 * @param allow called before a server is called; throws if config.json may not call it
 * @param signal ends uploads and downloads
 */
export function openRecords(
  paths: WorkspacePaths,
  allow: () => void,
  signal: AbortSignal = new AbortController().signal,
): Records {
  const { shared, bucket } = paths;
  if (shared === undefined) return folderRecords(paths);
  const artifacts = bucket === undefined ? noArtifacts : bucketArtifacts(paths, bucket, signal, allow);
  return postgresRecords(paths, shared, artifacts, allow);
}

/** Maximum wait for the lock of a state; a change takes far less. */
const STATE_MILLISECONDS = 60_000;

function statePath(paths: WorkspacePaths, name: StateName): string {
  return name === "alerts" ? join(monitoringFolder(paths), "alerts.json") : join(scheduleFolder(paths), "jobs.json");
}

export function folderRecords(paths: WorkspacePaths): Records {
  return {
    ...noArtifacts,
    changes: async (known) => changedFiles(paths, known),
    async save(record) {
      const path = recordPath(paths, record);
      atomicWrite(path, recordText(record));
      // Read the file back, so that the index contains what a reindex would see.
      return readRecord(paths, recordFile(paths, toRecordPath(paths.workspace, path))!);
    },
    async remove(removed) {
      const files = removed.map((path) => fromRecordPath(paths.workspace, path));
      for (const file of files) removeFile(file);
      // On disk before their artifacts are removed: after a power cut, no record may come back without its files.
      for (const folder of new Set(files.map(dirname))) syncFolder(folder);
    },
    deploy: async (request) => commitDeployment(paths, request),
    async state(name, change) {
      const path = statePath(paths, name);
      const read = (): string | null => (existsSync(path) ? readFileSync(path, "utf8") : null);
      if (change === undefined) return read();
      const database = `${paths.database}.${name}`;
      const release = await acquireLock({ database, command: name, waitMs: STATE_MILLISECONDS, now: () => new Date() });
      try {
        const before = read();
        const after = change(before);
        if (after === null) rmSync(path, { force: true });
        else if (after !== before) atomicWrite(path, after);
        return after;
      } finally {
        release();
      }
    },
    async lock(request) {
      const database = request.job === undefined ? paths.database : join(scheduleFolder(paths), request.job);
      const release = await acquireLock({ ...request, database });
      return { now: request.now, release: async () => release() };
    },
    holder: async () => lockHolder(paths.database),
  };
}

/** Opens the queue of work of a shared workspace. */
interface OpenWorkOptions {
  /** Workers with another one get nothing of this; letters, digits, "." and "-". */
  readonly version: string;
  /** Of a worker: its threads. */
  readonly threads?: number;
  readonly signal: AbortSignal;
}

/**
 * Connects on `open`. config.json must be allowed to call its servers.
 * @throws {MlctlError} kind "notReady" if the workspace is not shared
 */
export async function openWork(
  { shared: address, bucket }: WorkspacePaths,
  { version, threads, signal }: OpenWorkOptions,
): Promise<WorkQueue> {
  if (address === undefined) {
    const message = "the records of this workspace are in its folders, where workers cannot reach them";
    const hint = "move them to a database: `mlctl share postgres://user@host/database`";
    throw new MlctlError("notReady", message, { hint });
  }
  const name = threads === undefined ? `mlctl #${process.pid}` : workerName(address, version, threads);
  const session = workSession(address, name);
  const bytes = bucket === undefined ? tableOfWorkBytes(session, QUEUE_SCHEMA) : bucketOfWorkBytes(bucket, signal);
  return workQueue({ address, session, bytes, version });
}
