/** GET /metrics for Prometheus. */
import { codeVersion } from "../../config/codeVersion.ts";
import { endpoint } from "../http/endpoint.ts";
import type { App } from "../http/http.ts";
import { metricsText } from "./metricsText.ts";
import type { ServerState } from "../state/serverState.ts";
import { storedMonitoring } from "../state/liveStore.ts";

export function registerMetrics(app: App, state: ServerState): void {
  const declared = endpoint({
    id: "getMetrics",
    tag: "health",
    scopes: ["read"],
    summary: "Metrics of all workers in Prometheus' text format",
    returns: { "text/plain": { type: "string" } },
  });
  const version = codeVersion();
  app.get("/metrics", declared, async (_request, reply) => {
    const deployment = state.serving?.served.deployment;
    const text = metricsText(await state.allMetrics(), {
      codeVersion: version,
      runId: deployment?.runId ?? null,
      deploymentId: deployment?.deploymentId ?? null,
      startedAt: state.startedAt.getTime() / 1000,
      monitoring: deployment === undefined ? null : storedMonitoring(state.store, deployment.model.sha256),
    });
    return reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8").send(text);
  });
}
