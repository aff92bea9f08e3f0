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
/** Held by the session of a command that offers work, with the hash of the offer. */
export const OFFER_LOCK = WRITE_LOCK + 7;
/** Held by the session of a worker, with the hash of a task that it does. */
export const TASK_LOCK = WRITE_LOCK + 8;

/** Not negative, because pg_locks shows unsigned numbers. @param name of a workspace, an offer of work, or a task */
export function lockKey(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) >>> 1;
}
