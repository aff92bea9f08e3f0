/** GET /health, /ready, and MLflow's /ping and /version: for probes, without a token. */
import { codeVersion } from "../../config/codeVersion.ts";
import { JSON_TYPE, sendJson, type App } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import { requireServing, withoutFolders, type ServerState } from "../state/serverState.ts";

export function registerHealth(app: App, state: ServerState): void {
  const version = codeVersion();
  app.get("/health", { schema: schema("Liveness: 200 while the process runs") }, (_request, reply) =>
    sendJson(reply, { status: "ok", version, ready: state.serving !== undefined }),
  );
  app.get(
    "/ready",
    { schema: schema("Readiness: 503 while no model is deployed or the server is stopping") },
    (_, reply) => {
      if (state.draining) throw new HttpProblem("not-ready", "the server is stopping");
      const { served } = requireServing(state);
      const { trouble } = state.log.stats();
      return sendJson(reply, {
        status: "ready",
        model_version: served.deployment.runId,
        deployment_id: served.deployment.deploymentId,
        // Why a newer deployment cannot be served; the previous one still is.
        refused: state.refusal,
        // Why predictions are answered but not logged at present.
        log_problem: trouble === null ? null : withoutFolders(trouble, state.workspace),
      });
    },
  );
  app.get("/ping", { schema: schema("MLflow's health check: 200 if a model is served") }, (_request, reply) => {
    requireServing(state);
    return reply.header("content-type", JSON_TYPE).send("\n");
  });
  app.get("/version", { schema: schema("Version of mlctl, as plain text") }, (_request, reply) =>
    reply.header("content-type", "text/plain; charset=utf-8").send(version),
  );
}

function schema(summary: string) {
  return { summary, tags: ["health"] };
}
