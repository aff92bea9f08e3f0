/** Keys of advisory locks, each a pair of int4: what the lock is for, and the workspace. */
import { createHash } from "node:crypto";

/** "mlct": the write lock of a workspace, held by a session. */
export const WRITE_LOCK = 0x6d6c6374;
/** Held by a transaction that draws `seq`. */
export const SEQ_LOCK = WRITE_LOCK + 1;
/** Held by a transaction while the local copies of deployments are written. */
export const COPIES_LOCK = WRITE_LOCK + 2;
/** Held by a transaction that creates the schema. */
export const SCHEMA_LOCK = WRITE_LOCK + 3;
/** Held by a transaction that deletes old predictions. */
export const LOG_LOCK = WRITE_LOCK + 4;
/** Held by a transaction that joins labels. */
export const LABEL_LOCK = WRITE_LOCK + 5;
/** The lock of a job, held while it runs. */
export const JOB_LOCK = WRITE_LOCK + 6;

/** Not negative, because pg_locks shows unsigned numbers. */
export function workspaceKey(workspace: string): number {
  return createHash("sha256").update(workspace).digest().readUInt32BE(0) >>> 1;
}
