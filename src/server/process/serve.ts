/** `mlctl serve`: one process, or several workers that share the port. */
import { requireVariables } from "../../config/unsetValues.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { requireSafeAddress } from "../http/listen.ts";
import type { InterceptorOptions } from "./interceptor.ts";
import { serveApi, type ListeningFacts, type ServeOptions } from "./serveApi.ts";
import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { MlctlError, type ErrorKind } from "../../core/errors.ts";
import type { PredictionLogStats } from "../../core/records/predictionLog.ts";
import { logTrouble } from "../state/logTrouble.ts";
import { addSnapshots, type MetricsSnapshot } from "../state/metrics.ts";
import { rateLimit } from "../http/rateLimit.ts";
import { processCalls } from "./processCalls.ts";

interface ServeCommandOptions extends InterceptorOptions, Pick<ServeOptions, "listening"> {
  /** In which mlctl was started; workers start in it too. */
  readonly directory: string;
}

/** Resolves when the workspace's abort signal has stopped it. @throws {MlctlError} as serveApi */
export async function serve(workspace: Workspace, options: ServeCommandOptions): Promise<void> {
  const { accessLog, clock, listening } = options;
  if (cluster.isWorker) return asWorker(workspace, { accessLog, clock });
  requireVariables(workspace.config.serve);
  requireSafeAddress(workspace.config.serve);
  if (workspace.config.serve.workers > 1) return runWorkers(workspace, options);
  await serveApi(workspace, { accessLog, clock, listening });
}

/** Delay before a restart: without it, a worker that dies at once would be restarted a thousand times a second. */
const RESTART_MS = 500;

/** Maximum time to wait for a worker's metrics; a worker that hangs is left out. */
const SNAPSHOT_MS = 500;

/** Maximum time to wait until each worker expects no more connections; one that hangs does not keep the port open. */
const IDLE_MS = 5000;

/** Maximum time that a worker waits for the primary process. */
const REPLY_MS = 1000;

type InPrimary = {
  readonly listening: (facts: ListeningFacts) => void;
  readonly failed: (kind: ErrorKind, message: string, hint: string | undefined) => void;
  readonly metrics: () => Promise<MetricsSnapshot>;
  /** Counts a request against the rate limit that all workers share. @returns milliseconds to wait */
  readonly rate: (caller: string) => number;
  /** A change of the prediction log, see TellLog. */
  readonly log: (stats: PredictionLogStats, isClosed: boolean) => void;
};

type InWorker = {
  /** Null until it has started. */
  readonly snapshot: () => MetricsSnapshot | null;
  /** Resolves when no connection has come for a moment. */
  readonly stop: () => Promise<void>;
  /** The port is closed. */
  readonly close: () => void;
};

type Workers = Map<Worker, ReturnType<typeof processCalls<InWorker>>>;

/** `listening` is called once, when every worker has opened the port. @throws {MlctlError} if the first workers cannot start */
async function runWorkers(workspace: Workspace, { directory, clock, listening }: ServeCommandOptions): Promise<void> {
  const { config, context } = workspace;
  const { workers: count, rate_limit } = config.serve;
  const rate = rate_limit === null ? () => 0 : rateLimit(rate_limit, clock);
  const ready = new Set<number>();
  let started = false;
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  const alive: Workers = new Map();
  const warn = (message: string): void => context.emit({ type: "warning", stage: "serve", message });
  const metrics = async (): Promise<MetricsSnapshot> => {
    const all = await Promise.all([...alive.values()].map(({ ask }) => ask(SNAPSHOT_MS, "snapshot")));
    return addSnapshots(all.filter((each) => each !== undefined && each !== null));
  };
  const logs = workerLogs(workspace);
  cluster.setupPrimary({ cwd: directory });
  const start = (): void => {
    const worker = cluster.fork();
    const own: InPrimary = {
      listening(facts) {
        ready.add(worker.id);
        if (started || ready.size < count) return;
        started = true;
        listening(facts);
      },
      failed(kind, message, hint) {
        if (started) warn(`worker ${worker.id}: ${message}`);
        // Between processes, undefined is null.
        else fail(new MlctlError(kind, message, { hint: hint ?? undefined }));
      },
      metrics,
      rate,
      log: (stats, isClosed) => logs.note(worker.id, stats, isClosed),
    };
    alive.set(worker, processCalls<InWorker>(worker, own));
  };
  cluster.on("exit", (worker, code, signal) => {
    alive.delete(worker);
    if (context.signal.aborted) return;
    logs.ended(worker.id);
    if (!started) return fail(new MlctlError("failure", `a worker exited before it was ready (${signal ?? code})`));
    warn(`worker ${worker.id} exited (${signal ?? code}); starting another`);
    setTimeout(() => context.signal.aborted || start(), RESTART_MS);
  });
  for (let i = 0; i < count; i++) start();
  try {
    if (!context.signal.aborted) await Promise.race([once(context.signal, "abort"), failed]);
  } finally {
    await stopAll(alive);
    logs.close();
  }
}

function workerLogs({ config, context }: Workspace) {
  const known = new Map<number, PredictionLogStats>();
  const warn = (message: string): void => context.emit({ type: "warning", stage: "serve", message, again: true });
  const tell = logTrouble(config.serve.log.queue_rows, warn);
  const report = (isClosed: boolean): void => {
    const stats = [...known.values()];
    const sum = (key: "queued" | "written" | "dropped" | "late"): number =>
      stats.reduce((total, each) => total + each[key], 0);
    const trouble = stats.find((each) => each.trouble !== null)?.trouble ?? null;
    const [queued, written, dropped, late] = [sum("queued"), sum("written"), sum("dropped"), sum("late")];
    void tell({ queued, written, dropped, late, lastError: null, trouble }, isClosed);
  };
  return {
    note(worker: number, stats: PredictionLogStats, isClosed: boolean): void {
      known.set(worker, stats);
      // What is lost at the end is reported for all workers together.
      if (!isClosed) report(false);
    },
    /** What waited in a worker that was killed is lost: at least as many rows as it last reported. */
    ended(worker: number): void {
      const stats = known.get(worker);
      if (stats === undefined || stats.trouble === null) return;
      known.set(worker, { ...stats, queued: 0, dropped: stats.dropped + stats.queued, trouble: null });
      report(false);
    },
    close: () => report(true),
  };
}

/**
 * The primary closes the port for all workers at once, when none of them has got a connection for a moment. If each
 * closed it for itself, cluster would keep connections that are on their way to the last one open for ever.
 */
async function stopAll(workers: Workers): Promise<void> {
  const stopping = [...workers].map(([worker, calls]) => {
    // Messages may still arrive after "exit", but not after "disconnect".
    const ended = Promise.all([once(worker, "exit"), worker.isConnected() && once(worker, "disconnect")]);
    return { worker, calls, ended };
  });
  await Promise.all(stopping.map(({ calls, ended }) => Promise.race([calls.ask(IDLE_MS, "stop"), ended])));
  for (const { worker, calls } of stopping.filter((each) => each.worker.isConnected())) {
    worker.disconnect();
    void calls.tell("close");
  }
  await Promise.all(stopping.map(({ ended }) => ended));
}

/** A worker process: it stops when the primary process asks it to, or is gone. */
async function asWorker(workspace: Workspace, options: InterceptorOptions): Promise<void> {
  const stop = new AbortController();
  let snapshot: (() => MetricsSnapshot) | undefined;
  let isAsked = false;
  const [closed, idle] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const own: InWorker = {
    snapshot: () => snapshot?.() ?? null,
    stop() {
      isAsked = true;
      stop.abort();
      return idle.promise;
    },
    close: closed.resolve,
  };
  const primary = processCalls<InPrimary>(cluster.worker!, own);
  // Cluster calls it when all connections have ended; the prediction log is closed, and reported, after that.
  process.disconnect = () => {};
  // Ctrl-C reaches every process of the terminal; the primary decides when each worker stops.
  process.removeAllListeners("SIGINT").on("SIGINT", () => {});
  workspace.context.signal.addEventListener("abort", () => stop.abort());
  process.on("disconnect", () => (stop.abort(), closed.resolve()));
  // The channel broke in the middle of a message: the primary is gone.
  process.on("error", () => stop.abort());
  const context = { ...workspace.context, signal: stop.signal };
  try {
    await serveApi(
      { ...workspace, context },
      {
        ...options,
        sharedMetrics: (mine) => {
          snapshot = mine;
          // If the primary does not reply, report this worker's own metrics.
          return async () => (await primary.ask(REPLY_MS, "metrics")) ?? mine();
        },
        tellLog: (stats, isClosed) => primary.tell("log", stats, isClosed),
        // If the primary does not reply, allow the request.
        sharedRate: async (caller) => (await primary.ask(REPLY_MS, "rate", caller)) ?? 0,
        async closePort() {
          // Not if only this worker stops: others take its connections.
          if (!isAsked || !process.connected) return;
          idle.resolve();
          await closed.promise;
        },
        listening: (facts) => primary.tell("listening", facts),
      },
    );
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    await primary.tell("failed", error.kind, error.message, error.hint);
  }
}
