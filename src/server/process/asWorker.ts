/** A worker process of `serve --workers`, and its messages. It stops when the primary process asks it to, or is gone. */
import { MlctlError, type ErrorKind } from "../../core/errors.ts";
import type { PredictionLogStats } from "../../core/records/predictionLog.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import type { InterceptorOptions } from "./interceptor.ts";
import { serveApi, type ListeningFacts } from "./serveApi.ts";

const TIMEOUT_MS = 1000;

export async function asWorker(workspace: Workspace, options: InterceptorOptions): Promise<void> {
  const stop = new AbortController();
  const metrics = pendingReplies<MetricsSnapshot>(TIMEOUT_MS);
  const rates = pendingReplies<number>(TIMEOUT_MS);
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
          return () => metrics.ask((id) => void send({ type: "metrics?", id }), mine);
        },
        tellLog: (stats, isClosed) => send({ type: "log", stats, isClosed }),
        // If the primary does not reply, allow the request.
        sharedRate: (caller) =>
          rates.ask(
            (id) => void send({ type: "rate?", id, caller }),
            () => 0,
          ),
        listening: (facts) => send({ type: "listening", facts }),
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

/** Questions to another process, by id. */
export function pendingReplies<Reply>(timeoutMs: number) {
  const open = new Map<number, (reply: Reply) => void>();
  let last = 0;
  return {
    /** @param fallback gives the reply if none arrives in time */
    async ask(question: (id: number) => void, fallback: () => Reply): Promise<Reply> {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const timeout = setTimeout(() => resolve(fallback()), timeoutMs);
      open.set(id, resolve);
      question(id);
      const reply = await promise;
      clearTimeout(timeout);
      open.delete(id);
      return reply;
    },
    resolve: (id: number, reply: Reply): void => open.get(id)?.(reply),
  };
}

export type FromWorker =
  | { readonly type: "listening"; readonly facts: ListeningFacts }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined }
  /** Requests the metrics of all workers. */
  | { readonly type: "metrics?"; readonly id: number }
  /** Asks whether the rate limit that all workers share allows a request of this caller. */
  | { readonly type: "rate?"; readonly id: number; readonly caller: string }
  | { readonly type: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** A change of the prediction log, see TellLog. */
  | { readonly type: "log"; readonly stats: PredictionLogStats; readonly isClosed: boolean };

export type FromPrimary =
  | { readonly type: "stop" }
  | { readonly type: "snapshot?"; readonly id: number }
  | { readonly type: "metrics"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** `wait` is in milliseconds; 0 if the request is allowed. */
  | { readonly type: "rate"; readonly id: number; readonly wait: number };
