/** Sees every request first: counts it, times it, and refuses it where too many are being answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { PAGES } from "../state/trafficRates.ts";
import { HttpProblem, PROBLEM_TYPE } from "../http/problem.ts";
import type { ServerState } from "../state/serverState.ts";

export interface InterceptorOptions {
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
  /** A line for each request. */
  readonly accessLog: boolean;
}

/** @returns true where the request is refused, and answered */
export function interceptor(state: ServerState, { clock, accessLog }: InterceptorOptions) {
  const { metrics: counted, workspace } = state;
  const { context, config } = workspace;
  const { concurrent } = config.serve.limits;
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const start = clock();
    const { method = "", url = "" } = request;
    const route = routeOf(url);
    if (state.draining) response.setHeader("connection", "close");
    counted.inFlight++;
    response.once("close", () => {
      counted.inFlight--;
      const seconds = (clock() - start) / 1000;
      counted.answered(knownMethod(method), route, { status: response.statusCode, seconds });
      if (!accessLog) return;
      const address = request.socket.remoteAddress ?? "";
      const message = `${address} ${method} ${url.slice(0, 500)} ${response.statusCode} ${(seconds * 1000).toFixed(1)} ms`;
      context.emit({ type: "stage", stage: "serve", message });
    });
    if (counted.inFlight <= concurrent || PROBES.has(route)) return false;
    counted.refused++;
    refuse(request, response, concurrent);
    return true;
  };
}

const ROUTES = new Set(
  "/ /predict /invocations /score /summarise /diagnose /model /health /ready /ping /version /metrics /openapi.json /docs".split(
    " ",
  ),
);

/** Answered even when all else is refused, so that a busy server is not taken for a dead one. */
const PROBES = new Set(["/health", "/ready", "/ping", "/metrics"]);

/** Only addresses that exist become labels: a caller must not be able to fill the memory with them. */
function routeOf(url: string): string {
  const end = url.indexOf("?");
  const path = end < 0 ? url : url.slice(0, end);
  if (ROUTES.has(path)) return path;
  return path === PAGES || path.startsWith(`${PAGES}/`) ? PAGES : "other";
}

function knownMethod(method: string): string {
  return method === "GET" || method === "POST" || method === "HEAD" || method === "OPTIONS" ? method : "other";
}

function refuse(request: IncomingMessage, response: ServerResponse, concurrent: number): void {
  const { document, status } = new HttpProblem("overloaded", `${concurrent} requests are being answered already`, {
    hint: "try again in a second; serve.limits.concurrent and serve.workers decide how many are",
  });
  request.resume();
  response.writeHead(status, { "content-type": PROBLEM_TYPE, "retry-after": "1" }).end(document);
}
