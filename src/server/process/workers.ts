/** The first of several processes: starts the others, replaces those that die, adds up what they count, and counts each caller's rate. */
import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { MlctlError } from "../../core/errors.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { addSnapshots, type MetricsSnapshot } from "../state/metrics.ts";
import { rateLimit } from "../http/rateLimit.ts";
import type { ListeningFacts } from "./serveApi.ts";
import type { FromPrimary, FromWorker } from "./questions.ts";

export interface WorkersOptions {
  readonly directory: string;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
  /** Called once, when every worker answers. */
  readonly listening: (facts: ListeningFacts) => void;
}

/** A worker that dies at once would be started again a thousand times a second. */
const RESTART_MS = 500;

/** How long a worker's figures are waited for; one that is stuck is left out. */
const SNAPSHOT_MS = 500;

/** Resolves when the workspace's signal has stopped all of them. @throws {MlctlError} where the first ones cannot start */
export async function runWorkers(workspace: Workspace, { directory, clock, listening }: WorkersOptions): Promise<void> {
  const { config, context } = workspace;
  const { workers: count, rate_limit } = config.serve;
  const waitOf = rate_limit === null ? () => 0 : rateLimit(rate_limit, clock);
  const ready = new Set<number>();
  let told = false;
  let fail!: (error: MlctlError) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  cluster.setupPrimary({ cwd: directory });
  const collect = snapshotCollector();
  cluster.on("message", (worker, message: FromWorker) => {
    if (message.type === "failed") {
      const { kind, message: text, hint } = message;
      if (!told) fail(new MlctlError(kind, text, { hint }));
      else context.emit({ type: "warning", stage: "serve", message: `worker ${worker.id}: ${text}` });
    } else if (message.type === "listening") {
      ready.add(worker.id);
      if (!told && ready.size >= count) {
        told = true;
        listening(message.facts);
      }
    } else if (message.type === "rate?") tell(worker, { type: "rate", id: message.id, wait: waitOf(message.caller) });
    else if (message.type === "snapshot") collect.add(message.id, message.snapshot);
    else void collect.all().then((snapshot) => tell(worker, { type: "metrics", id: message.id, snapshot }));
  });
  cluster.on("fork", (worker) => worker.on("error", ignoreGone));
  cluster.on("exit", (worker, code, signal) => {
    if (context.signal.aborted) return;
    if (!told) return fail(new MlctlError("failure", `a worker ended before it answered (${signal ?? code})`));
    const message = `worker ${worker.id} ended (${signal ?? code}); another takes its place`;
    context.emit({ type: "warning", stage: "serve", message });
    setTimeout(() => context.signal.aborted || cluster.fork(), RESTART_MS);
  });
  for (let i = 0; i < count; i++) cluster.fork();
  try {
    if (!context.signal.aborted) await Promise.race([once(context.signal, "abort"), failed]);
  } finally {
    await stopAll();
  }
}

/** Asks every worker for its figures. */
function snapshotCollector(): { add(id: number, snapshot: MetricsSnapshot): void; all(): Promise<MetricsSnapshot> } {
  const rounds = new Map<number, { snapshots: MetricsSnapshot[]; asked: number; finish: () => void }>();
  let last = 0;
  return {
    add(id, snapshot) {
      const round = rounds.get(id);
      if (round === undefined) return;
      round.snapshots.push(snapshot);
      if (round.snapshots.length >= round.asked) round.finish();
    },
    async all() {
      const id = ++last;
      const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
      const snapshots: MetricsSnapshot[] = [];
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, SNAPSHOT_MS);
        const finish = (): void => {
          clearTimeout(late);
          resolve();
        };
        rounds.set(id, { snapshots, asked: workers.length, finish });
        for (const worker of workers) tell(worker, { type: "snapshot?", id });
      });
      rounds.delete(id);
      return addSnapshots(snapshots);
    },
  };
}

async function stopAll(): Promise<void> {
  const alive = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const ended = alive.map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
  for (const worker of alive) tell(worker, { type: "stop" });
  await Promise.all(ended);
}

function tell(worker: Worker, message: FromPrimary): void {
  if (worker.isConnected()) worker.send(message, ignoreGone);
}

/** A worker that ends while it is told something: its "exit" says all there is to say. */
function ignoreGone(): void {
  // Nothing to do.
}
