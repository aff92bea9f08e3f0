/** GET /health, /ready, and MLflow's /ping and /version: for probes, without a token. */
import { codeVersion } from "../../config/codeVersion.ts";
import { endpoint, json, type Endpoint } from "../http/endpoint.ts";
import { sendJson, type App } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import { flag, named, object, oneOf, orNull, text, whole, type Shaped } from "../http/shapes.ts";
import { requireServing, withoutFolders, type ServerState } from "../state/serverState.ts";

const PLAIN_TYPE = "text/plain; charset=utf-8";

export function registerHealth(app: App, state: ServerState): void {
  const version = codeVersion();
  app.get("/health", probe("getHealth", "Liveness: 200 while the process runs", json(health)), (_request, reply) => {
    const document: Shaped<typeof health> = { status: "ok", version, ready: state.serving !== undefined };
    return sendJson(reply, document);
  });
  const whenReady = "Readiness: 503 while no model is deployed or the server is stopping";
  app.get("/ready", probe("getReadiness", whenReady, json(ready)), (_, reply) => {
    if (state.draining) throw new HttpProblem("not-ready", "the server is stopping");
    const { served } = requireServing(state);
    const { trouble } = state.log.stats();
    const document: Shaped<typeof ready> = {
      status: "ready",
      model_version: served.runId,
      deployment_id: served.deployment.deploymentId,
      refused: state.refusal,
      log_problem: trouble === null ? null : withoutFolders(trouble, state.workspace),
    };
    return sendJson(reply, document);
  });
  const plain = { "text/plain": { type: "string" } };
  app.get("/ping", probe("ping", "MLflow's health check: 200 if a model is served", plain), (_request, reply) => {
    requireServing(state);
    return reply.header("content-type", PLAIN_TYPE).send("\n");
  });
  app.get("/version", probe("getVersion", "Version of mlctl, as plain text", plain), (_request, reply) =>
    reply.header("content-type", PLAIN_TYPE).send(version),
  );
}

const health = named("Health", object({ status: oneOf("ok"), version: text, ready: flag }));

const ready = named(
  "Ready",
  object({
    status: oneOf("ready"),
    model_version: text,
    deployment_id: whole,
    refused: { ...orNull(text), description: "why a newer deployment cannot be served; the previous one still is" },
    log_problem: { ...orNull(text), description: "why predictions are answered but not logged at present" },
  }),
);

function probe(id: string, summary: string, returns: Endpoint["returns"]) {
  const problems = id === "getHealth" ? [] : (["not-ready"] as const);
  return endpoint({ id, tag: "health", scopes: [], summary, returns, problems });
}
