/** Gives tasks to the threads of this process and, while there are any, to the workers of a shared workspace. */
import { messageOf, MlctlError } from "../../core/errors.ts";
import { counted } from "../../core/text/format.ts";
import { openWork } from "../../storage/openRecords.ts";
import type { WorkQueue } from "../../storage/postgres/workQueue.ts";
import { startProcess } from "../ranks/startProcess.ts";
import type { Workspace } from "../workspace.ts";
import type { Pool } from "../../pipeline/search/trialPool.ts";
import { computeVersion, packed, unpacked, type Work } from "./pools.ts";

/** How often to ask for results while workers do tasks, and who lives. */
const POLL_MILLISECONDS = 50;
const LOOK_MILLISECONDS = 1000;
/** Number of tasks in the queue, for each thread of a worker: enough until the next look. */
const WAITING_TASKS = 4;
/** After the database could not be reached. */
const PAUSE_MILLISECONDS = 5000;

interface SharedOptions<Task, Result> {
  readonly work: Work;
  readonly local: Pool<Task, Result>;
  readonly threads: number;
  /** "fit" if left out. */
  readonly unit?: string;
  /** What a worker gets, and what `mlctl workers` shows. */
  readonly post: (task: Task) => { readonly title: string; readonly task: unknown };
}

export interface SharedPool<Task, Result> extends Pool<Task, Result> {
  /** Who helps now, for progress: "2 workers with 8 threads help"; undefined without any. */
  helpers(): string | undefined;
  /** What workers did so far, if some are configured or helped. */
  note(): string[];
}

interface Entry<Task, Result> {
  readonly task: Task;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The results do not depend on who computes them: workers of another version get nothing. Where the database cannot be
 * reached, this process goes on alone.
 */
export function sharedPool<Task, Result>(
  workspace: Workspace,
  { work, local, threads, post, unit = "fit" }: SharedOptions<Task, Result>,
): SharedPool<Task, Result> {
  const { paths, context } = workspace;
  if (paths.shared === undefined) return { ...local, helpers: () => undefined, note: () => [] };
  const waiting: Entry<Task, Result>[] = [];
  const posted = new Map<string, Entry<Task, Result>>();
  /** Posted tasks that this process does itself, and those that it has done. */
  const own = new Set<string>();
  const done: string[] = [];
  let [busy, helped] = [0, 0];
  let helping = { workers: 0, threads: 0 };
  let wake: (() => void) | undefined;
  const closing = new AbortController();

  async function fit(entry: Entry<Task, Result>): Promise<void> {
    busy++;
    await local.run(entry.task).then(entry.resolve, entry.reject);
    busy--;
    startWaiting();
    wake?.();
  }

  function startWaiting(): void {
    while (busy < threads && waiting.length > 0) void fit(waiting.shift()!);
  }

  async function share(): Promise<void> {
    let queue: WorkQueue | undefined;
    let offer: string | undefined;
    let looked = -Infinity;
    const step = async (): Promise<void> => {
      queue ??= await opened();
      if (performance.now() - looked > LOOK_MILLISECONDS) {
        helping = await lookForWorkers(queue);
        looked = performance.now();
      }
      if (helping.workers > 0 && waiting.length > 0) {
        offer ??= await queue.offer(packed(work));
        // Few, because each look at the queue reads them all.
        const entries = waiting.splice(0, Math.max(0, WAITING_TASKS * helping.threads - (posted.size - own.size)));
        const tasks = entries.map((entry) => {
          const { title, task } = post(entry.task);
          return { title, bytes: packed(task) };
        });
        try {
          const ids = entries.length === 0 ? [] : await queue.add(offer, tasks);
          for (const id of ids) posted.set(id, entries.shift()!);
          if (entries.length > 0) throw new MlctlError("failure", "the queue of the work is gone");
        } finally {
          waiting.unshift(...entries);
        }
      }
      if (offer === undefined) return;
      const free = posted.size > own.size ? threads - busy : 0;
      for (const { id } of free > 0 ? await queue.take(offer, free) : []) {
        const entry = posted.get(id)!;
        own.add(id);
        void fit(entry).then(() => done.push(id));
      }
      const removed = done.splice(0);
      await queue.remove(offer, removed);
      removed.forEach(forget);
      const others = new Set([...posted.keys()].filter((id) => !own.has(id)));
      if (others.size > 0) collect(await queue.progress(offer, others));
    };
    while (!closing.signal.aborted) {
      try {
        await step();
        await pause(posted.size > own.size || waiting.length > 0 ? POLL_MILLISECONDS : LOOK_MILLISECONDS);
      } catch (error) {
        if (closing.signal.aborted) break;
        const message = `${messageOf(error)}: going on without workers`;
        const { hint } = error as Partial<MlctlError>;
        context.emit({ type: "warning", stage: "workers", message, ...(hint !== undefined && { hint }) });
        helping = { workers: 0, threads: 0 };
        // Nobody but this process will do them; what it does already, it goes on with.
        waiting.unshift(...[...posted].filter(([id]) => !own.has(id)).map(([, entry]) => entry));
        for (const known of [posted, own]) known.clear();
        done.length = 0;
        startWaiting();
        void queue?.close().catch(() => {});
        [queue, offer] = [undefined, undefined];
        await pause(PAUSE_MILLISECONDS);
      }
    }
    // What stays where the database is gone, the next command or worker removes.
    if (offer !== undefined) await queue!.end(offer).catch(() => {});
    await queue?.close();
  }

  async function opened(): Promise<WorkQueue> {
    const queue = await openWork(paths, { version: await computeVersion(), signal: context.signal });
    await queue.open();
    return queue;
  }

  const reported = new Set<string>();
  async function lookForWorkers(queue: WorkQueue): Promise<typeof helping> {
    const version = await computeVersion();
    const workers = await queue.workers();
    for (const { host, pid, version: other } of workers) {
      if (other === version || reported.has(`${host} ${pid}`)) continue;
      reported.add(`${host} ${pid}`);
      const message = `the worker ${pid} on ${host} gets nothing: it has ${other}, this machine ${version}`;
      const hint = "both need the same mlctl, Node.js and libxgboost";
      context.emit({ type: "warning", stage: "workers", message, hint });
    }
    const same = workers.filter((worker) => worker.version === version);
    return { workers: same.length, threads: same.reduce((sum, each) => sum + each.threads, 0) };
  }

  function collect({ done: results, failed }: Awaited<ReturnType<WorkQueue["progress"]>>): void {
    for (const [id, result] of results) {
      helped++;
      posted.get(id)?.resolve(unpacked<Result>(result));
      forget(id);
    }
    // Its error is that of this process, if it fails here too.
    for (const id of failed) {
      const entry = posted.get(id);
      forget(id);
      if (entry !== undefined) void fit(entry);
    }
  }

  const forget = (id: string): boolean => posted.delete(id) && own.delete(id);

  async function pause(milliseconds: number): Promise<void> {
    const woken = Promise.withResolvers<void>();
    const timer = setTimeout(woken.resolve, milliseconds);
    wake = woken.resolve;
    if (closing.signal.aborted) woken.resolve();
    await woken.promise;
    clearTimeout(timer);
  }

  const sharing = share();
  const endLaunched = launchWorkers(workspace);
  const abort = (): void => {
    for (const { reject } of [...waiting.splice(0), ...posted.values()]) reject(context.signal.reason);
  };
  context.signal.addEventListener("abort", abort, { once: true });
  return {
    run(task) {
      context.signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        startWaiting();
        if (waiting.length > 0) wake?.();
      });
    },
    helpers() {
      const { workers, threads: count } = helping;
      if (workers === 0) return undefined;
      return `${counted(workers, "worker")} with ${counted(count, "thread")} ${workers === 1 ? "helps" : "help"}`;
    },
    note: () =>
      workspace.config.workers.launch === null && helped === 0 ? [] : [`workers did ${counted(helped, unit)}`],
    async close() {
      context.signal.removeEventListener("abort", abort);
      closing.abort();
      wake?.();
      await Promise.all([local.close(), sharing, endLaunched()]);
    },
  };
}

/**
 * Starts workers with `workers.launch` of config.json, if it is trusted. Failures are warnings: the command works without
 * help, too. `{index}` is 1 to `count`, in a line each; without it, there is one line.
 * @returns ends what was started
 */
function launchWorkers({ config, trust, paths, context }: Workspace): () => Promise<void> {
  const { launch, count } = config.workers;
  let isOver = launch === null;
  const warn = (message: string, hint?: string): void =>
    context.emit({ type: "warning", stage: "workers", message, ...(hint !== undefined && { hint }) });
  const refusal = isOver ? undefined : trust.refusal("workers.launch");
  if (refusal !== undefined) warn(refusal.message, refusal.hint);
  const line = refusal === undefined ? (launch ?? "").replaceAll("{count}", String(count)) : "";
  const copies = line === "" ? 0 : line.includes("{index}") ? count : 1;
  const started = Array.from({ length: copies }, (_, i) => {
    const own = line.replaceAll("{index}", String(i + 1));
    const child = startProcess(own, { onLine: () => {}, cwd: paths.workspace });
    void child.ended.then((reason) => {
      if (reason !== undefined && !isOver) warn(`workers.launch: ${reason}`);
    });
    return child;
  });
  return async () => {
    isOver = true;
    await Promise.all(started.map((child) => child.stop()));
  };
}
