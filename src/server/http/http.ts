/** Creates the fastify server with its limits; every error becomes a problem document. Only this file imports fastify. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import cors from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Config } from "../../config/schema/schema.ts";
import { parseExactJson } from "../../core/json.ts";
import { addressOf } from "./access.ts";
import type { BodyFormat, BodyReader, Sender } from "./bodyReader.ts";
import { parameterValues, type Declared, type ParameterValues } from "./endpoint.ts";
import type { Rejections } from "./rejections.ts";
import { lingeringClose, closeUnread } from "./sockets.ts";
import { emptyBody, HttpProblem, PROBLEM_TYPE, problemOf, type ProblemName } from "./problem.ts";

export type App = FastifyInstance;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

declare module "fastify" {
  interface FastifyRequest {
    /** Holder of the token that a guard has checked; "" if there is none. */
    caller: string;
    /** The values of its query; null without one. */
    parameters: ParameterValues | null;
  }
  /** Declared by `endpoint`; pages declare `fields` alone. */
  interface FastifyContextConfig extends Partial<Declared> {}
  interface FastifyInstance {
    /** OpenAPI's paths object: all declared endpoints. */
    paths: Record<string, Record<string, unknown>>;
  }
}

export interface AppOptions {
  readonly serve: Config["serve"];
  readonly bodies: BodyReader;
  readonly rejected: Rejections;
  readonly streamed: readonly string[];
  /** Runs before everything else; returns true if it has sent the response. */
  readonly intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly onBug: (error: unknown, request: string) => void;
}

/** "/ml/ui" is "/ui", "/ml" and "/ml?a" are "/" and "/?a"; other addresses stay, because probes come without the proxy. */
function withoutBase(url: string, base: string): string {
  if (!url.startsWith(base) || !/^([/?]|$)/.test(url.slice(base.length))) return url;
  const rest = url.slice(base.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Sent with every response: no content sniffing, caching, framing or referrer. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
} as const;

const HEADERS_MS = 15_000;
const KEEP_ALIVE_MS = 72_000;

/** The app has no routes yet: the register… functions add them. */
export async function createApp(options: AppOptions): Promise<App> {
  const { serve, intercept, onBug, rejected } = options;
  const { base_path, limits } = serve;
  const app: App = fastify({
    serverFactory: (handler) => {
      const server = createServer({ maxHeaderSize: limits.header_bytes, noDelay: true }, (request, response) => {
        if (base_path !== "") request.url = withoutBase(request.url ?? "/", base_path);
        if (!intercept(request, response)) handler(request, response);
      });
      server.maxConnections = limits.connections;
      server.headersTimeout = HEADERS_MS;
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      // bodyReader enforces time limits of bodies; a stream may last longer than any fixed timeout. Fastify passes its own
      // option only to servers that it creates.
      server.requestTimeout = 0;
      server.on("clientError", refuseBytes);
      lingeringClose(server);
      closeUnread(server, limits, (ip) => rejected.note("slow_reader", addressOf(ip)));
      return server;
    },
    forceCloseConnections: "idle",
    return503OnClosing: false,
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => void sendProblem(reply as Reply, frameworkProblem(error)),
  });
  app.setErrorHandler((error, request, reply) => {
    // Also if the request has another error.
    if (request.is404) return sendNotFound(app, request, reply);
    const problem = frameworkProblem(error);
    if (problem.status === 500) onBug(error, `${request.method} ${request.url}`);
    return sendProblem(reply, problem);
  });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => (typeof data === "string" ? data : JSON.stringify(data)));
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(HEADERS);
    const { "x-request-id": id, traceparent } = request.headers;
    if (id !== undefined) reply.header("x-request-id", id);
    if (traceparent !== undefined) reply.header("traceparent", traceparent);
    done();
  });
  // After the guards of routes: who may not ask learns nothing of their parameters.
  app.addHook("preParsing", (request, _reply, _payload, done) => {
    // Most requests have no query: skip parsing it. Pages read theirs; OPTIONS is @fastify/cors's.
    if (request.url.includes("?") && !request.is404 && request.method !== "OPTIONS")
      request.parameters = parameterValues(request.query as Record<string, unknown>, request.routeOptions.config);
    done();
  });
  app.decorateRequest("caller", "");
  app.decorateRequest("parameters", null);
  app.decorate("paths", {});
  app.addHook("onRoute", ({ url, method, config }) => {
    if (config?.operation === undefined || method === "HEAD") return;
    const path = (app.paths[url.replace(/:(\w+)/g, "{$1}")] ??= {});
    path[String(method).toLowerCase()] = config.operation;
  });
  app.removeAllContentTypeParsers();
  addBodyType(app, "application/json", options.bodies, { bytes: limits.body_bytes, parse: parseJsonBody });
  app.addContentTypeParser([...options.streamed], (request, payload, done) => done(encodingProblem(request), payload));
  if (serve.cors.length > 0) {
    const origin = serve.cors.includes("*") ? "*" : [...serve.cors];
    const exposedHeaders = ["x-request-id", "traceparent", "x-model-version", "retry-after"];
    await app.register(cors, { origin, methods: ["GET", "POST"], maxAge: 600, exposedHeaders });
  }
  return app;
}

export function addBodyType(app: App, type: string, bodies: BodyReader, format: BodyFormat): void {
  app.addContentTypeParser(type, (request, payload, done) => {
    const encoding = encodingProblem(request);
    if (encoding !== null) return done(encoding);
    bodies.read(payload as IncomingMessage, () => senderOf(request), format, done);
  });
}

/** Errors say what to send. @throws {HttpProblem} 400 */
function parseJsonBody(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (text.trim() === "") throw emptyBody();
    const reason = error instanceof Error ? error.message.slice(0, 200) : "";
    const hint = "JSON has no NaN: send null for a missing value";
    throw new HttpProblem("bad-request", `the body is not JSON: ${reason}`, /NaN/.test(reason) ? { hint } : {});
  }
}

/** Every request has one, see interceptor. */
export function requestIdOf({ headers }: Request): string {
  return String(headers["x-request-id"]);
}

export function senderOf({ ip, caller }: Request): Sender {
  const address = addressOf(ip);
  return { caller: caller === "" ? address : `token ${caller}`, address };
}

/** Accepts only uncompressed bodies, in UTF-8; of CSV, which people export in other encodings, withCharset decides. */
function encodingProblem({ headers }: Request): HttpProblem | null {
  const encoding = headers["content-encoding"];
  const type = headers["content-type"] ?? "";
  const charset = /charset="?([^";]+)/i.exec(type)?.[1]?.trim();
  const foreign = charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset) && !/^\s*text\/csv\b/i.test(type);
  if ((encoding === undefined || encoding === "identity") && !foreign) return null;
  const found = foreign ? `charset ${charset.slice(0, 40)}` : `content-encoding ${String(encoding).slice(0, 40)}`;
  return new HttpProblem("unsupported-media-type", `${found} is not supported`, {
    hint: "send uncompressed UTF-8",
    headers: foreign ? {} : { "accept-encoding": "identity" },
  });
}

/** Responds to bytes that Node's HTTP parser rejects: they never become a request, so the response is written by hand. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [name, detail]: [ProblemName, string] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["headers-too-large", "the headers are larger than serve.limits.header_bytes allows"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["too-slow", "the headers did not arrive in time"]
        : ["bad-request", "this is not a valid HTTP request"];
  const problem = new HttpProblem(name, detail);
  const body = problem.document();
  socket.end(
    `HTTP/1.1 ${problem.status} ${name}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Converts any error, including fastify's own, to a problem document. */
export function frameworkProblem(error: unknown): HttpProblem {
  const code = (error as { code?: unknown }).code;
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE" || code === "FST_ERR_CTP_EMPTY_TYPE") {
    const hint = "set content-type to application/json, text/csv or application/x-ndjson";
    return new HttpProblem("unsupported-media-type", "the content type of the body is not supported", { hint });
  }
  if (code === "FST_ERR_BAD_URL") return new HttpProblem("bad-request", "the address is not a valid URL path");
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    const detail = error instanceof Error ? error.message : "the request cannot be read";
    return new HttpProblem("bad-request", detail, { status: statusCode });
  }
  return problemOf(error);
}

export function sendProblem(reply: Reply, problem: HttpProblem): Reply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(PROBLEM_TYPE)
    .send(problem.document(reply.request.headers["x-request-id"]));
}

/** Handles all other paths: a browser at / is sent to the pages, else 405 if another method exists, else 404. Call it after all routes are registered. */
export function registerFallback(app: App, basePath: string): void {
  app.setNotFoundHandler((request, reply) => {
    const { url, method, headers } = request;
    if (/^\/(\?|$)/.test(url) && /^(GET|HEAD)$/.test(method) && headers.accept?.includes("text/html") === true)
      return reply.redirect(basePath === "" ? "ui" : `${basePath}/ui`, 303);
    return sendNotFound(app, request, reply);
  });
}

function sendNotFound(app: App, request: Request, reply: Reply): Reply {
  // Not OPTIONS: @fastify/cors takes it at every address.
  const methods = ["GET", "POST", "PUT", "DELETE", "PATCH"] as const;
  const url = request.url.split("?")[0]!;
  const allowed = methods.filter((method) => app.findRoute({ method, url }) !== null);
  if (allowed.length === 0) {
    const hint = "GET /openapi.json lists all endpoints; /docs shows them in a browser";
    return sendProblem(reply, new HttpProblem("not-found", `there is no endpoint ${url.slice(0, 200)}`, { hint }));
  }
  const allow = allowed.join(", ");
  const detail = `${request.method} is not supported here, only ${allow}`;
  return sendProblem(reply, new HttpProblem("method-not-allowed", detail, { headers: { allow } }));
}

const JSON_TYPE = "application/json; charset=utf-8";

export function sendJson(reply: Reply, document: unknown): Reply {
  return reply.header("content-type", JSON_TYPE).send(JSON.stringify(document));
}
