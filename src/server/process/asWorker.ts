/** One of several processes that share the port: stops when the first process says so, or is gone. */
import { MlctlError } from "../../core/errors.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import { openLog } from "../state/openLog.ts";
import { questions, type FromPrimary, type FromWorker } from "./questions.ts";
import { serveApi } from "./serveApi.ts";

export async function asWorker(
  workspace: Workspace,
  options: { readonly accessLog: boolean; readonly clock: () => number },
): Promise<void> {
  const stop = new AbortController();
  const figures = questions<MetricsSnapshot>();
  const rates = questions<number>();
  let own: (() => MetricsSnapshot) | undefined;
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
    else if (message.type === "metrics") figures.answer(message.id, message.snapshot);
    else if (message.type === "rate") rates.answer(message.id, message.wait);
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
          // Better its own figures than none.
          return () => figures.ask((id) => void send({ type: "metrics?", id }), mine);
        },
        // Better answered than refused.
        sharedRate: (caller) =>
          rates.ask(
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
