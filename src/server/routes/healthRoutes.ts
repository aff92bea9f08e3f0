/** /health, /ready, and MLflow's /ping and /version: for probes, which carry no token. */
import { codeVersion } from "../../config/codeVersion.ts";
import { JSON_TYPE, sendJson, type App } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import { requireServing, type ServerState } from "../state/serverState.ts";

export function registerHealth(app: App, state: ServerState): void {
  const version = codeVersion();
  app.get("/health", { schema: schema("Is the process alive?") }, (_request, reply) =>
    sendJson(reply, { status: "ok", version, ready: state.serving !== undefined }),
  );
  app.get(
    "/ready",
    { schema: schema("Can it answer? 503 while no model is deployed, or while it stops") },
    (_, reply) => {
      if (state.draining) throw new HttpProblem("not-ready", "the server is stopping");
      const { served } = requireServing(state);
      return sendJson(reply, {
        status: "ready",
        model_version: served.deployment.runId,
        deployment_id: served.deployment.deploymentId,
        // A newer deployment that cannot be served; the one before it still answers.
        refused: state.refusal,
      });
    },
  );
  app.get("/ping", { schema: schema("As MLflow has it: 200 where a model answers") }, (_request, reply) => {
    requireServing(state);
    return reply.header("content-type", JSON_TYPE).send("\n");
  });
  app.get("/version", { schema: schema("The version of mlctl, as plain text") }, (_request, reply) =>
    reply.header("content-type", "text/plain; charset=utf-8").send(version),
  );
}

function schema(summary: string) {
  return { summary, tags: ["health"] };
}
