/** worker: does tasks of other commands of a shared workspace, in threads. workers: who helps, and what each does. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { counted } from "../../core/text/format.ts";
import { openWork } from "../../storage/openRecords.ts";
import type { WorkQueue } from "../../storage/postgres/workQueue.ts";
import type { TakenTask } from "../../storage/records/work.ts";
import { requireServers, type Workspace } from "../workspace.ts";
import { computeVersion, packed, poolOf, unpacked, type FilePool } from "./pools.ts";

const POLL_MILLISECONDS = 50;
/** Between looks for an offer, and for the end of one. */
const LOOK_MILLISECONDS = 500;
const RETRY_MILLISECONDS = 1000;

interface WorkerOptions {
  readonly threads: number;
  /** In milliseconds. */
  readonly idle: number | undefined;
  readonly files: FilePool;
}

/**
 * Until a signal ends it, or nothing was to be done for `idle` milliseconds. A lost connection is made again.
 * @throws {MlctlError} if the first connection cannot be made
 */
export async function worker({ paths, context, trust }: Workspace, { threads, idle = Infinity, files }: WorkerOptions) {
  requireServers(trust);
  const version = await computeVersion();
  const queue = await openWork(paths, { version, threads, signal: context.signal });
  // Failed tasks are left to others.
  const counts = { tasks: 0, failed: 0 };
  try {
    await queue.open();
    const message = `waiting for work as ${version}, with ${counted(threads, "thread")}`;
    context.emit({ type: "stage", stage: "worker", message });
    const patient = patience(context, idle);
    for (let last = performance.now(); performance.now() - last < idle;) {
      for (const offer of await patient(() => queue.offers()))
        if (await serve(offer, { queue, patient, threads, files, signal: context.signal, counts }))
          last = performance.now();
      await sleep(LOOK_MILLISECONDS, undefined, { signal: context.signal });
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    await queue.close();
  }
  return { version, threads, ...counts };
}

type Patient = <T>(ask: () => Promise<T>) => Promise<T>;

/** Asks again until the database responds, for `idle` milliseconds: a worker outlives its restart. */
function patience({ signal, emit }: Workspace["context"], idle: number): Patient {
  let lostAt: number | undefined;
  return async (ask) => {
    for (;;) {
      try {
        const result = await ask();
        if (lostAt !== undefined) emit({ type: "stage", stage: "worker", message: "the database responds again" });
        lostAt = undefined;
        return result;
      } catch (error) {
        if (!(error instanceof MlctlError) || error.kind !== "failure" || signal.aborted) throw error;
        const now = performance.now();
        if (now - (lostAt ?? now) > idle) throw error;
        if (lostAt === undefined)
          emit({ type: "warning", stage: "worker", message: `${error.message}: trying again`, again: true });
        lostAt ??= now;
        await sleep(RETRY_MILLISECONDS, undefined, { signal });
      }
    }
  };
}

interface Serving extends Pick<WorkerOptions, "threads" | "files"> {
  readonly queue: WorkQueue;
  readonly patient: Patient;
  readonly signal: AbortSignal;
  readonly counts: { tasks: number; failed: number };
}

/** Works for an offer until it has ended, or has had no task for a moment. @returns whether there was a task */
async function serve(offer: string, { queue, patient, threads, files, signal, counts }: Serving): Promise<boolean> {
  const ended = new AbortController();
  const running = new Set<Promise<void>>();
  let pool: ReturnType<typeof poolOf> | undefined;
  const perform = async (task: TakenTask): Promise<void> => {
    try {
      const result = packed(await pool!.run(unpacked(task.bytes)));
      await patient(() => queue.finish(offer, task, result));
      counts.tasks++;
    } catch (error) {
      if (signal.aborted || ended.signal.aborted) return;
      counts.failed++;
      await patient(() => queue.giveUp(offer, task, messageOf(error)));
    }
  };
  let [looked, active] = [performance.now(), performance.now()];
  try {
    while (!signal.aborted) {
      // The first task shows how many at a time.
      const free = (pool?.width ?? 1) - running.size;
      const tasks = free === 0 ? [] : await patient(() => queue.take(offer, free));
      if (tasks.length > 0 && pool === undefined) {
        const bytes = await patient(() => queue.bytesOf(offer));
        pool = poolOf(bytes, { workers: threads, files, signal: AbortSignal.any([signal, ended.signal]) });
      }
      for (const task of tasks) {
        const done: Promise<void> = perform(task)
          .catch(() => {}) // the worker is ending
          .finally(() => running.delete(done));
        running.add(done);
      }
      const now = performance.now();
      if (running.size > 0) active = now;
      if (now - looked > LOOK_MILLISECONDS) {
        looked = now;
        const isOver = !(await patient(() => queue.offers())).includes(offer);
        if (isOver || (running.size === 0 && now - active > 10 * LOOK_MILLISECONDS)) break;
      }
      await Promise.race([...running, sleep(POLL_MILLISECONDS)]);
    }
    signal.throwIfAborted();
    return pool !== undefined;
  } catch (error) {
    // The command may have ended between two calls.
    if (signal.aborted || (await patient(() => queue.offers())).includes(offer)) throw error;
    return true;
  } finally {
    ended.abort(new MlctlError("interrupted", "the work was cancelled"));
    await Promise.allSettled(running);
    await pool?.close();
  }
}

/** @throws {MlctlError} kind "notReady" if the workspace is not shared */
export async function livingWorkers({ paths, context, trust }: Workspace) {
  requireServers(trust);
  const version = await computeVersion();
  const queue = await openWork(paths, { version, signal: context.signal });
  try {
    await queue.open();
    const workers = await queue.workers();
    return { version, workers: workers.map((each) => ({ ...each, helps: each.version === version })) };
  } finally {
    await queue.close();
  }
}
