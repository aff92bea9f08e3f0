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
import { pendingReplies } from "./pendingReplies.ts";

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

/** `listening` is called once, when every worker has opened the port. @throws {MlctlError} if the first workers cannot start */
async function runWorkers(workspace: Workspace, { directory, clock, listening }: ServeCommandOptions): Promise<void> {
  const { config, context } = workspace;
  const { workers: count, rate_limit } = config.serve;
  const waitOf = rate_limit === null ? () => 0 : rateLimit(rate_limit, clock);
  const ready = new Set<number>();
  let started = false;
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  cluster.setupPrimary({ cwd: directory });
  const snapshots = pendingReplies<MetricsSnapshot | null>(SNAPSHOT_MS);
  const idle = pendingReplies<null>(IDLE_MS);
  const snapshotOf = (worker: Worker): Promise<MetricsSnapshot | null> =>
    snapshots.ask(
      (id) => send(worker, { type: "snapshot?", id }),
      () => null,
    );
  const allMetrics = async (): Promise<MetricsSnapshot> =>
    addSnapshots((await Promise.all(living().map(snapshotOf))).filter((each) => each !== null));
  const logs = workerLogs(workspace);
  cluster.on("message", (worker, message: FromWorker) => {
    if (message.type === "failed") {
      const { kind, message: text, hint } = message;
      if (!started) fail(new MlctlError(kind, text, { hint }));
      else context.emit({ type: "warning", stage: "serve", message: `worker ${worker.id}: ${text}` });
    } else if (message.type === "listening") {
      ready.add(worker.id);
      if (!started && ready.size >= count) {
        started = true;
        listening(message.facts);
      }
    } else if (message.type === "rate?") send(worker, { type: "rate", id: message.id, wait: waitOf(message.caller) });
    else if (message.type === "log") logs.note(worker.id, message.stats, message.isClosed);
    else if (message.type === "idle") idle.resolve(message.id, null);
    else if (message.type === "snapshot") snapshots.resolve(message.id, message.snapshot);
    else void allMetrics().then((snapshot) => send(worker, { type: "metrics", id: message.id, snapshot }));
  });
  cluster.on("fork", (worker) => worker.on("error", ignoreGone));
  cluster.on("exit", (worker, code, signal) => {
    if (context.signal.aborted) return;
    logs.ended(worker.id);
    if (!started) return fail(new MlctlError("failure", `a worker exited before it was ready (${signal ?? code})`));
    const message = `worker ${worker.id} exited (${signal ?? code}); starting another`;
    context.emit({ type: "warning", stage: "serve", message });
    setTimeout(() => context.signal.aborted || cluster.fork(), RESTART_MS);
  });
  for (let i = 0; i < count; i++) cluster.fork();
  try {
    if (!context.signal.aborted) await Promise.race([once(context.signal, "abort"), failed]);
  } finally {
    await stopAll(idle);
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

function living(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

/**
 * The primary closes the port for all workers at once, when none of them has got a connection for a moment. If each
 * closed it for itself, cluster would keep connections that are on their way to the last one open for ever.
 */
async function stopAll(idle: ReturnType<typeof pendingReplies<null>>): Promise<void> {
  const alive = living();
  // Messages may still arrive after "exit", but not after "disconnect".
  const ended = alive.map((worker) =>
    Promise.all([once(worker, "exit"), worker.isConnected() && once(worker, "disconnect")]),
  );
  const stop = (worker: Worker): Promise<null> =>
    idle.ask(
      (id) => send(worker, { type: "stop", id }),
      () => null,
    );
  await Promise.all(alive.map((worker, i) => Promise.race([stop(worker), ended[i]])));
  for (const worker of alive.filter((each) => each.isConnected())) {
    worker.disconnect();
    send(worker, { type: "close" });
  }
  await Promise.all(ended);
}

function send(worker: Worker, message: FromPrimary): void {
  if (worker.isConnected()) worker.send(message, ignoreGone);
}

/** Sending fails if the worker exits meanwhile: the "exit" event handles that. */
const ignoreGone = (): void => {};

const TIMEOUT_MS = 1000;

/** A worker process: it stops when the primary process asks it to, or is gone. */
async function asWorker(workspace: Workspace, options: InterceptorOptions): Promise<void> {
  const stop = new AbortController();
  const metrics = pendingReplies<MetricsSnapshot>(TIMEOUT_MS);
  const rates = pendingReplies<number>(TIMEOUT_MS);
  let own: (() => MetricsSnapshot) | undefined;
  let stopId: number | undefined;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  // Cluster calls it when all connections have ended; the prediction log is closed, and reported, after that.
  process.disconnect = () => {};
  // Ctrl-C reaches every process of the terminal; the primary decides when each worker stops.
  process.removeAllListeners("SIGINT").on("SIGINT", () => {});
  workspace.context.signal.addEventListener("abort", () => stop.abort());
  process.on("disconnect", () => (stop.abort(), close()));
  // The channel broke in the middle of a message: the primary is gone.
  process.on("error", () => stop.abort());
  process.on("message", (message: FromPrimary) => {
    if (message.type === "stop") {
      stopId = message.id;
      stop.abort();
    } else if (message.type === "close") close();
    else if (message.type === "snapshot?" && own !== undefined)
      toPrimary({ type: "snapshot", id: message.id, snapshot: own() });
    else if (message.type === "metrics") metrics.resolve(message.id, message.snapshot);
    else if (message.type === "rate") rates.resolve(message.id, message.wait);
  });
  const context = { ...workspace.context, signal: stop.signal };
  try {
    await serveApi(
      { ...workspace, context },
      {
        ...options,
        sharedMetrics: (mine) => {
          own = mine;
          // If the primary does not reply, report this worker's own metrics.
          return () => metrics.ask((id) => void toPrimary({ type: "metrics?", id }), mine);
        },
        tellLog: (stats, isClosed) => toPrimary({ type: "log", stats, isClosed }),
        // If the primary does not reply, allow the request.
        sharedRate: (caller) =>
          rates.ask(
            (id) => void toPrimary({ type: "rate?", id, caller }),
            () => 0,
          ),
        async closePort() {
          // Not if only this worker stops: others take its connections.
          if (stopId === undefined || !process.connected) return;
          await toPrimary({ type: "idle", id: stopId });
          await closed;
        },
        listening: (facts) => toPrimary({ type: "listening", facts }),
      },
    );
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    const { kind, message, hint } = error;
    await toPrimary({ type: "failed", kind, message, hint });
  }
}

function toPrimary(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });
}

type FromWorker =
  | { readonly type: "listening"; readonly facts: ListeningFacts }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined }
  | { readonly type: "metrics?"; readonly id: number }
  /** Asks whether the rate limit that all workers share allows a request of this caller. */
  | { readonly type: "rate?"; readonly id: number; readonly caller: string }
  | { readonly type: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** After "stop": no connection has come for a moment. */
  | { readonly type: "idle"; readonly id: number }
  /** A change of the prediction log, see TellLog. */
  | { readonly type: "log"; readonly stats: PredictionLogStats; readonly isClosed: boolean };

type FromPrimary =
  | { readonly type: "stop"; readonly id: number }
  /** The port is closed. */
  | { readonly type: "close" }
  | { readonly type: "snapshot?"; readonly id: number }
  | { readonly type: "metrics"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** `wait` is in milliseconds; 0 if the request is allowed. */
  | { readonly type: "rate"; readonly id: number; readonly wait: number };
