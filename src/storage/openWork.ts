/** Opens the queue of work of a shared workspace. */
import { MlctlError } from "../core/errors.ts";
import type { WorkspacePaths } from "./files/workspacePaths.ts";
import { bucketOfWorkBytes } from "./bucket/bucketArtifacts.ts";
import { QUEUE_SCHEMA, workerName, workQueue, type WorkQueue } from "./postgres/workQueue.ts";
import { tableOfWorkBytes, workSession } from "./postgres/workSession.ts";

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
