/** Runs before everything else: counts and times every request, and refuses it if too many are in progress. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { PAGES } from "../state/traffic.ts";
import { addressOf, tokenNames } from "../http/access.ts";
import { hostCheck } from "../http/listen.ts";
import { HttpProblem, PROBLEM_TYPE } from "../http/problem.ts";
import type { ServerState } from "../state/serverState.ts";
import { randomBytes } from "node:crypto";

export interface InterceptorOptions {
  readonly clock: () => number;
  readonly accessLog: boolean;
}

/** @returns a handler that returns true if it refused the request (it has then sent the response) */
export function interceptor(state: ServerState, { clock, accessLog }: InterceptorOptions) {
  const { metrics, workspace } = state;
  const { context, config } = workspace;
  const { concurrent } = config.serve.limits;
  const isOwnHost = hostCheck(config.serve);
  const identify = requestIds();
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const start = clock();
    identify(request);
    const { method = "", url = "" } = request;
    const route = routeOf(url);
    if (state.draining) response.setHeader("connection", "close");
    metrics.inFlight++;
    state.responses.add(response);
    response.once("close", () => {
      state.responses.delete(response);
      metrics.inFlight--;
      const seconds = (clock() - start) / 1000;
      // The client hung up, or the response was broken off: the status that was sent says nothing about its end.
      const status = response.writableFinished ? response.statusCode : "cut";
      metrics.countRequest(METHODS.has(method) ? method : "other", route, { status, seconds });
      if (!accessLog) return;
      const address = request.socket.remoteAddress ?? "";
      const { "x-request-id": id, traceparent: trace } = request.headers;
      const took = `${status} ${(seconds * 1000).toFixed(1)} ms`;
      const name = tokenNames.get(request);
      const names = [
        `request_id=${String(id)}`,
        ...(trace === undefined ? [] : [`traceparent=${String(trace)}`]),
        ...(name === undefined ? [] : [`token_name=${/^[\w.@-]+$/.test(name) ? name : JSON.stringify(name)}`]),
      ];
      const message = `${address} ${method} ${url.slice(0, 500)} ${took} ${names.join(" ")}`;
      context.emit({ type: "stage", stage: "serve", message });
    });
    if (isOwnHost?.(request.headers.host) === false) {
      state.rejected.note("unknown_host", addressOf(request.socket.remoteAddress ?? ""));
      return refuse(request, response, misdirected(request.headers.host!));
    }
    if (metrics.inFlight <= concurrent || PROBES.has(route)) return false;
    metrics.refused++;
    return refuse(request, response, overloaded(concurrent));
  };
}

const ROUTES =
  "/ /predict /labels /invocations /score /summarise /diagnose /model /health /ready /ping /version /metrics /openapi.json /docs";
const known = new Set(ROUTES.split(" "));
const METHODS = new Set(["GET", "POST", "HEAD", "OPTIONS"]);

/** Never refused, so that a busy server is not mistaken for a dead one. */
const PROBES = new Set(["/health", "/ready", "/ping", "/metrics"]);

/** Unknown paths share one label: otherwise a caller could fill the memory with labels. */
function routeOf(url: string): string {
  const end = url.indexOf("?");
  const path = end < 0 ? url : url.slice(0, end);
  if (known.has(path)) return path;
  if (path.startsWith("/models/")) return "/models";
  return path === PAGES || path.startsWith(`${PAGES}/`) ? PAGES : "other";
}

function refuse(request: IncomingMessage, response: ServerResponse, problem: HttpProblem): true {
  request.resume();
  const id = request.headers["x-request-id"];
  const headers = { "content-type": PROBLEM_TYPE, "x-request-id": id, ...problem.headers };
  response.writeHead(problem.status, headers).end(problem.document(id));
  return true;
}

function overloaded(concurrent: number): HttpProblem {
  return new HttpProblem("overloaded", `${concurrent} requests are already in progress`, {
    hint: "try again in a second, or raise serve.limits.concurrent or serve.workers",
    headers: { "retry-after": "1" },
  });
}

function misdirected(host: string): HttpProblem {
  const detail = `a server without tokens does not respond to the host "${host.slice(0, 100)}"`;
  const hint = 'add it in config.json: "serve": { "hosts": ["name"] }, or set serve.token';
  return new HttpProblem("misdirected", detail, { hint });
}

/** What cannot be mistaken for anything else in a log. */
const ID = /^[\w.:/+=@-]{1,128}$/;
/** W3C Trace Context, version 00. */
const TRACE = /^00-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** @returns a function that leaves a valid X-Request-Id, and no invalid traceparent, in the headers of a request */
export function requestIds(): (request: IncomingMessage) => void {
  const start = randomBytes(8).toString("hex");
  let count = 0;
  return ({ headers }) => {
    const { "x-request-id": given, traceparent } = headers;
    const trace = traceparent === undefined ? undefined : TRACE.exec(String(traceparent))?.[1];
    if (trace === undefined) delete headers["traceparent"];
    if (typeof given !== "string" || !ID.test(given))
      headers["x-request-id"] = trace ?? `${start}-${(count++).toString(36)}`;
  };
}
