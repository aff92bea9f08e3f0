/** Sums the leaves of many rows on all cores. */
import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import { workerThread } from "../../../core/workerThread.ts";
import type { Matrix } from "../../../core/table/table.ts";
import { sumLeaves, type HeapTrees } from "./heapTrees.ts";

/** Rows times trees; fewer take less time than a thread needs to start. */
const LEAST_LEAVES = 20_000_000;
/** The values are copied, for the threads to share. */
const MOST_VALUES = 100_000_000;
const MOST_THREADS = 7;
/** A thread takes milliseconds for its rows, unless it has ended. */
const PATIENCE_MS = 2000;

/** Rows that a thread takes at a time. */
const PART_ROWS = 4096;

export interface LeafJob {
  readonly heap: HeapTrees;
  /** Its values are shared by the threads. */
  readonly X: Matrix;
  readonly outputCount: number;
  /** Shared: sums of leaf values, row-major (n_samples × outputCount). */
  readonly sums: Float32Array;
  /** Shared: the number of parts that have been taken. */
  readonly taken: Int32Array;
  /** Shared: 1 for each part that is done. */
  readonly done: Int32Array;
}

const threads = Array.from({ length: Math.min(availableParallelism() - 1, MOST_THREADS) }, () =>
  workerThread<LeafJob, null>({ file: "dist/app/leafThread.js", exited: "the thread that predicts ended" }),
);

/** As sumLeaves, with the same sums. The calling thread takes part, so that it never waits for one that starts. */
export function sumManyLeaves(heap: HeapTrees, X: Matrix, outputCount: number, least = LEAST_LEAVES): Float32Array {
  const isWorthThreads = X.rowCount * heap.roots.length >= least && X.values.length <= MOST_VALUES;
  if (!isWorthThreads || !isMainThread || threads.length === 0) {
    const sums = new Float32Array(X.rowCount * outputCount);
    sumLeaves(heap, X, sums, outputCount);
    return sums;
  }
  const job = {
    heap,
    X: { ...X, values: shared(Float32Array, X.values.length) },
    outputCount,
    sums: shared(Float32Array, X.rowCount * outputCount),
    taken: shared(Int32Array, 1),
    done: shared(Int32Array, Math.ceil(X.rowCount / PART_ROWS)),
  };
  job.X.values.set(X.values);
  // A thread that fails leaves its rows to this one.
  for (const thread of threads) thread.request(job).catch(() => undefined);
  sumParts(job);
  for (let part = 0; part < job.done.length; part++)
    if (Atomics.wait(job.done, part, 0, PATIENCE_MS) === "timed-out") sumPart(job, part);
  return job.sums.slice();
}

/** Takes part after part until none is left. */
export function sumParts(job: LeafJob): void {
  for (let part = Atomics.add(job.taken, 0, 1); part < job.done.length; part = Atomics.add(job.taken, 0, 1)) {
    sumPart(job, part);
    Atomics.store(job.done, part, 1);
    Atomics.notify(job.done, part);
  }
}

function sumPart({ heap, X, outputCount, sums }: LeafJob, part: number): void {
  const [start, end] = [part * PART_ROWS, Math.min((part + 1) * PART_ROWS, X.rowCount)];
  const width = X.columnNames.length;
  const rows = { ...X, rowCount: end - start, values: X.values.subarray(start * width, end * width) };
  sumLeaves(heap, rows, sums.subarray(start * outputCount, end * outputCount), outputCount);
}

function shared<Numbers extends Float32Array | Int32Array>(
  Type: { new (buffer: SharedArrayBuffer): Numbers; readonly BYTES_PER_ELEMENT: number },
  length: number,
): Numbers {
  return new Type(new SharedArrayBuffer(length * Type.BYTES_PER_ELEMENT));
}
