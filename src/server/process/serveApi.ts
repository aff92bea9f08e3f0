/** One server process: opens the port, follows deployments, and drains when it is stopped. */
import { once } from "node:events";
import type { Server } from "node:http";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { stackOf } from "../../core/errors.ts";
import { counted } from "../../core/text/format.ts";
import type { PredictionLog } from "../../core/records/predictionLog.ts";
import { followRecords } from "../../lifecycle/followRecords.ts";
import { exampleRow } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { access, type Access, type Rate } from "../http/access.ts";
import { bodyReader } from "../http/bodyReader.ts";
import { docsPage, registerDocs } from "../routes/docsRoutes.ts";
import { registerHealth } from "../routes/healthRoutes.ts";
import { createApp, registerFallback, type App, type Request } from "../http/http.ts";
import { registerInvocations } from "../routes/invocationsRoutes.ts";
import { registerLabels } from "../routes/labelRoutes.ts";
import { interceptor, type InterceptorOptions } from "./interceptor.ts";
import { listen, requireSafeAddress } from "../http/listen.ts";
import { predictionLog } from "../../storage/predictionLog/predictionLog.ts";
import { logTrouble, type TellLog } from "../state/logTrouble.ts";
import { liveStore } from "../state/liveStore.ts";
import { metrics, type MetricsSnapshot } from "../state/metrics.ts";
import { registerMetrics } from "../routes/metricsRoutes.ts";
import { registerPages } from "../pages/registerPages.ts";
import { predictionIds } from "../../storage/predictionLog/logReader.ts";
import { registerPredict, STREAMED_TYPES } from "../routes/predictRoutes.ts";
import { rateLimit } from "../http/rateLimit.ts";
import { rejections } from "../http/rejections.ts";
import { registerRecorded } from "../routes/recordedRoutes.ts";
import type { ServerState } from "../state/serverState.ts";
import { keepServing } from "../state/serving.ts";
import { unusedSockets } from "../http/sockets.ts";

export interface ServeOptions extends InterceptorOptions {
  readonly listening: (facts: ListeningFacts) => void;
  /** In a worker: counts a request against the rate limit that all workers share. */
  readonly sharedRate?: Rate;
  /** In a worker: reports the state of its prediction log to the primary, which prints it. */
  readonly tellLog?: TellLog;
  /** In a worker: takes a function that reads this worker's metrics, returns one that reads those of all workers. */
  readonly sharedMetrics?: (own: () => MetricsSnapshot) => () => Promise<MetricsSnapshot>;
  /** In a worker: asks the primary to close the port; resolves when it is closed. */
  readonly closePort?: () => Promise<void>;
}

export interface ListeningFacts {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** A valid row for the deployed model; null while nothing is deployed. */
  readonly example: Readonly<Record<string, unknown>> | null;
}

/** Maximum memory for all bodies that are being received. */
const BODIES_BYTES = 1 << 28;

/** Share of `concurrent` that may be waiting for their bodies, so that some are left for other requests. */
const BODIES_SHARE = 0.75;

/** Time for requests that are on their way when the drain begins, or a response ends: a closed connection loses them. */
const GRACE_MS = 300;

const POLL_MS = 25;

/** Longer than the primary takes to pass on the next connection. */
const QUIET_MS = 2;

/**
 * Resolves when the workspace's abort signal has stopped it and all requests in progress are finished.
 * @throws {MlctlError} kind "usage" if the address is in use, or is public and no token protects it
 */
export async function serveApi(workspace: Workspace, options: ServeOptions): Promise<void> {
  const { serve } = workspace.config;
  const { context } = workspace;
  requireSafeAddress(serve);
  const warn = (message: string): void => context.emit({ type: "warning", stage: "serve", message, again: true });
  const unfollow = await followRecords(workspace);
  const tellLog = options.tellLog ?? logTrouble(serve.log.queue_rows, warn);
  const log: PredictionLog = openLog(workspace, () => void tellLog(log.stats(), false));
  const state = serverState(workspace, { ...options, log, warn });
  const app = await createApp({
    ...state,
    serve,
    streamed: STREAMED_TYPES,
    intercept: interceptor(state, options),
    onBug: (error, request) => warn(`${request}: ${stackOf(error)}`),
  });
  const { sharedRate, clock } = options;
  const rate = serve.rate_limit === null ? null : (sharedRate ?? rateLimit(serve.rate_limit, clock));
  const check = access(serve, { rate, clock, wrongToken: (address) => state.rejected.note("wrong_token", address) });
  if (check !== null) guardEndpoints(app, check);
  registerPredict(app, state);
  registerLabels(app, state);
  registerInvocations(app, state);
  registerRecorded(app, state);
  registerHealth(app, state);
  registerMetrics(app, state);
  registerDocs(app, state);
  const now = (): number => context.now().getTime();
  registerPages(app, state, { check, tokens: tokensOf(serve), now }, docsPage(app, state));
  registerFallback(app, serve.base_path);
  const closeUnused = unusedSockets(app.server);
  // The port may be in use: messages that a deployment is served wait until it is open.
  const waiting: string[] = [];
  const emit = (message: string): void => context.emit({ type: "stage", stage: "serve", message });
  let report = (message: string): void => void waiting.push(message);
  const predictionId = predictionIds(now());
  const unfollowDeployments = keepServing(state, { predictionId, now, report: (message) => report(message) });
  try {
    const address = await listen(app, serve);
    report = emit;
    waiting.forEach(emit);
    options.listening({ ...address, example: exampleOf(state) });
    if (!context.signal.aborted) await once(context.signal, "abort");
  } finally {
    unfollowDeployments();
    unfollow();
    await drain(app, state, { closeUnused, warn, closePort: options.closePort });
    await tellLog(log.stats(), true);
  }
}

/** Endpoints without scopes, and pages, which check access themselves, are not guarded. Call it before routes are registered. */
function guardEndpoints(app: App, check: Access): void {
  app.addHook("onRoute", (route) => {
    const { scopes = [] } = route.config ?? {};
    if (scopes.length === 0) return;
    route.onRequest = async (request: Request): Promise<void> => {
      request.caller = await check({ headers: request.headers, address: request.ip, raw: request.raw }, ...scopes);
    };
  });
}

function openLog({ config, paths }: Workspace, changed: () => void): PredictionLog {
  const { enabled, flush_ms, queue_rows, retention } = config.serve.log;
  if (enabled) return predictionLog({ place: paths, flushMs: flush_ms, queueRows: queue_rows, retention, changed });
  const stats = { queued: 0, written: 0, dropped: 0, late: 0, lastError: null, trouble: null };
  return { append() {}, flush() {}, close() {}, stats: () => stats };
}

function exampleOf({ serving, workspace }: ServerState): ListeningFacts["example"] {
  if (serving === undefined) return null;
  const aliasOf = new Map(Object.entries(workspace.config.serve.request_aliases).map(([alias, name]) => [name, alias]));
  const row = exampleRow(serving.served.model);
  return Object.fromEntries(row.map(({ name, value }) => [aliasOf.get(name) ?? name, value]));
}

type StateOptions = ServeOptions & { readonly log: PredictionLog; readonly warn: (message: string) => void };

function serverState(workspace: Workspace, { log, warn, clock, sharedMetrics }: StateOptions): ServerState {
  const { limits } = workspace.config.serve;
  const ownMetrics = metrics();
  const rejected = rejections(ownMetrics.countRejected, warn);
  const together = Math.ceil(limits.concurrent * BODIES_SHARE);
  const own = (): MetricsSnapshot => {
    const { queued, written, dropped, trouble } = log.stats();
    const failing = Number(trouble !== null);
    return ownMetrics.snapshot({ queued, written, dropped, failing }, process.memoryUsage.rss());
  };
  return {
    workspace,
    store: liveStore(workspace, clock),
    log,
    metrics: ownMetrics,
    bodies: bodyReader({ ...limits, totalBytes: BODIES_BYTES, together }, clock, rejected.note),
    rejected,
    allMetrics: sharedMetrics?.(own) ?? (() => Promise.resolve(own())),
    startedAt: workspace.context.now(),
    serving: undefined,
    pinned: () => Promise.reject(new TypeError("keepServing sets it")),
    refusal: null,
    draining: false,
    responses: new Set(),
  };
}

function tokensOf({ token, tokens }: Workspace["config"]["serve"]): string[] {
  return [...(token === null ? [] : [token]), ...tokens.map((each) => each.token)];
}

interface DrainTools extends Pick<ServeOptions, "closePort"> {
  readonly closeUnused: () => void;
  readonly warn: (message: string) => void;
}

async function drain(app: App, state: ServerState, { closeUnused, warn, closePort }: DrainTools): Promise<void> {
  const { server } = app;
  state.draining = true;
  const { drain_seconds } = state.workspace.config.serve.limits;
  const cut = setTimeout(() => {
    const open = counted(state.responses.size, "response");
    if (state.responses.size > 0) warn(`cut ${open} after ${drain_seconds} s (serve.limits.drain_seconds)`);
    server.closeAllConnections();
  }, drain_seconds * 1000);
  for (const response of state.responses) if (!response.headersSent) response.setHeader("connection", "close");
  // Of streams whose headers are sent.
  server.keepAliveTimeout = server.keepAliveTimeoutBuffer = GRACE_MS / 2;
  // Until then, requests are answered with `connection: close`, see interceptor.
  const connections = promisify(server.getConnections.bind(server));
  for (let waited = 0; waited < GRACE_MS && (await connections()) > 0; waited += POLL_MS) await sleep(POLL_MS);
  await untilNoneArrives(server);
  // Fastify's close waits for its hooks first: meanwhile, further connections would arrive.
  if (closePort === undefined) server.close();
  else await closePort();
  const unused = setTimeout(closeUnused, GRACE_MS);
  await app.close();
  // The port closes before its connections do; each response writes its line in the log then.
  await Promise.all([...state.responses].map((response) => once(response, "close")));
  state.store.close();
  clearTimeout(unused);
  clearTimeout(cut);
  await state.serving?.predictor.selector?.close();
  state.bodies.close();
  state.rejected.close();
  await state.log.close();
}

/** Closing the port resets the connections that wait to be accepted: so wait for a moment without any, for a while. */
async function untilNoneArrives(server: Server): Promise<void> {
  let isQuiet = false;
  const heard = (): void => void (isQuiet = false);
  server.on("connection", heard);
  const until = performance.now() + GRACE_MS;
  while (!isQuiet && performance.now() < until) {
    isQuiet = true;
    const start = performance.now();
    await sleep(QUIET_MS);
    // Resumes right after Node has looked for connections.
    await turn();
    if (performance.now() - start > 2 * QUIET_MS) isQuiet = false;
  }
  server.off("connection", heard);
}
