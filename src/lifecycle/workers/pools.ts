/** The kinds of work that machines share, and the pool of threads that does each. */
import { deserialize, serialize } from "node:v8";
import { trialPool } from "../../pipeline/search/trialPool.ts";
import type { TrialWork } from "../../pipeline/search/trialTask.ts";

/** Does tasks of one work; each is given to a thread, or waits for one. */
export interface Pool<Task, Result> {
  run(task: Task): Promise<Result>;
  close(): Promise<void>;
}

/** Sent to each worker once. */
export interface Work {
  readonly kind: keyof typeof kinds;
  readonly work: unknown;
}

export interface PoolOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
}

const kinds = {
  search: (work: unknown, options: PoolOptions): Pool<unknown, unknown> =>
    trialPool(work as TrialWork, options) as Pool<unknown, unknown>,
};

export const packed = (value: unknown): Buffer => serialize(value);

export const unpacked = <T>(bytes: Buffer): T => deserialize(bytes) as T;

/** The pool for the bytes of an offer. */
export function poolOf(bytes: Buffer, options: PoolOptions): Pool<unknown, unknown> {
  const { kind, work } = unpacked<Work>(bytes);
  return kinds[kind](work, options);
}
