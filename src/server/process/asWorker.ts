/** A worker process of `serve --workers`. It stops when the primary process asks it to, or is gone. */
import { MlctlError } from "../../core/errors.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import type { InterceptorOptions } from "./interceptor.ts";
import { serveApi } from "./serveApi.ts";
import { pendingRequests, type FromPrimary, type FromWorker } from "./workerMessages.ts";

export async function asWorker(workspace: Workspace, options: InterceptorOptions): Promise<void> {
  const stop = new AbortController();
  const metrics = pendingRequests<MetricsSnapshot>();
  const rates = pendingRequests<number>();
  let own: (() => MetricsSnapshot) | undefined;
  // Ctrl-C reaches every process of the terminal; the primary decides when each worker stops.
  process.removeAllListeners("SIGINT").on("SIGINT", () => {});
  workspace.context.signal.addEventListener("abort", () => stop.abort());
  process.on("disconnect", () => stop.abort());
  // The channel broke in the middle of a message: the primary is gone.
  process.on("error", () => stop.abort());
  process.on("message", (message: FromPrimary) => {
    if (message.type === "stop") stop.abort();
    else if (message.type === "snapshot?" && own !== undefined)
      send({ type: "snapshot", id: message.id, snapshot: own() });
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
          return () => metrics.request((id) => void send({ type: "metrics?", id }), mine);
        },
        tellLog: (stats, isClosed) => send({ type: "log", stats, isClosed }),
        // If the primary does not reply, allow the request.
        sharedRate: (caller) =>
          rates.request(
            (id) => void send({ type: "rate?", id, caller }),
            () => 0,
          ),
        listening: ({ url, host, port, example }) => send({ type: "listening", facts: { url, host, port, example } }),
      },
    );
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    const { kind, message, hint } = error;
    await send({ type: "failed", kind, message, hint });
  }
}

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve());
    else resolve();
  });
}
