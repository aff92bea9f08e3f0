/** One of several processes that share the port: stops when the first process says so, or is gone. */
import { MlctlError } from "../core/errors.ts";
import type { Workspace } from "../lifecycle/workspace.ts";
import type { MetricsSnapshot } from "./metrics.ts";
import { openLog } from "./openLog.ts";
import { serveApi } from "./serveApi.ts";
import type { FromPrimary, FromWorker } from "./workerMessages.ts";

export async function asWorker(
  workspace: Workspace,
  options: { readonly accessLog: boolean; readonly clock: () => number },
): Promise<void> {
  const stop = new AbortController();
  const waiting = new Map<number, (snapshot: MetricsSnapshot) => void>();
  let own: (() => MetricsSnapshot) | undefined;
  let asked = 0;
  // Ctrl-C reaches every process of the terminal: the first one decides when each of them stops.
  process.removeAllListeners("SIGINT").on("SIGINT", () => {});
  workspace.context.signal.addEventListener("abort", () => stop.abort());
  process.on("disconnect", () => stop.abort());
  // The channel broke in the middle of a message: the first process is gone.
  process.on("error", () => stop.abort());
  process.on("message", (message: FromPrimary) => {
    if (message.type === "stop") stop.abort();
    else if (message.type === "snapshot?" && own !== undefined)
      send({ type: "snapshot", id: message.id, snapshot: own() });
    else if (message.type === "metrics") waiting.get(message.id)?.(message.snapshot);
  });
  const askAll = (mine: () => MetricsSnapshot): Promise<MetricsSnapshot> =>
    new Promise((resolve) => {
      const id = ++asked;
      const finish = (snapshot: MetricsSnapshot): void => {
        clearTimeout(late);
        waiting.delete(id);
        resolve(snapshot);
      };
      // Better its own figures than none.
      const late = setTimeout(() => finish(mine()), METRICS_MS);
      waiting.set(id, finish);
      send({ type: "metrics?", id });
    });
  const context = { ...workspace.context, signal: stop.signal };
  try {
    await serveApi(
      { ...workspace, context },
      {
        ...options,
        log: openLog(workspace),
        sharedMetrics: (mine) => {
          own = mine;
          return () => askAll(mine);
        },
        listening: ({ url, host, port, example }) => send({ type: "listening", facts: { url, host, port, example } }),
      },
    );
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    const { kind, message, hint } = error;
    await send({ type: "failed", kind, message, hint });
  }
}

/** How long the answers of the other processes are waited for. */
const METRICS_MS = 1000;

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });
}
