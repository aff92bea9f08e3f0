/** One process that answers: opens the port, follows deployments, and drains when it is told to stop. */
import { once } from "node:events";
import { codeVersion } from "../../config/codeVersion.ts";
import type { PredictionLog } from "../../core/records/predictionLog.ts";
import { exampleRow } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { access, type Rate } from "../http/access.ts";
import { bodyReader } from "../http/bodyReader.ts";
import { registerDocs } from "../routes/docsRoutes.ts";
import { guards } from "../http/guards.ts";
import { registerHealth } from "../routes/healthRoutes.ts";
import { createApp, registerFallback, type App } from "../http/http.ts";
import { registerInvocations } from "../routes/invocationsRoutes.ts";
import { interceptor } from "./interceptor.ts";
import { listen, requireSafeAddress } from "../http/listen.ts";
import { liveStore } from "../state/liveStore.ts";
import { metrics, type MetricsSnapshot } from "../state/metrics.ts";
import { registerMetrics } from "../routes/metricsRoute.ts";
import { registerPages } from "../pages/registerPages.ts";
import { predictionIds } from "../../storage/predictionLog/predictionIds.ts";
import { registerPredict, STREAMED_TYPES } from "../routes/predictRoutes.ts";
import { rateLimit } from "../http/rateLimit.ts";
import { registerRecorded } from "../routes/recordedRoutes.ts";
import type { ServerState } from "../state/serverState.ts";
import { keepServing } from "../state/serving.ts";
import { unusedSockets } from "../http/unusedSockets.ts";

export interface ServeOptions {
  readonly log: PredictionLog;
  /** A line for each request. */
  readonly accessLog: boolean;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
  readonly listening: (facts: ListeningFacts) => void;
  /** Where this is one of several processes: takes a request of the rate that all of them share. */
  readonly sharedRate?: Rate;
  /** Where this is one of several processes: is given what reads its own figures, and gives those of all. */
  readonly sharedMetrics?: (own: () => MetricsSnapshot) => () => Promise<MetricsSnapshot>;
}

export interface ListeningFacts {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** A row the deployed model can answer; null while nothing is deployed. */
  readonly example: Readonly<Record<string, unknown>> | null;
}

/** Memory for bodies that are being received, whatever their number. */
const BODIES_BYTES = 1 << 28;

/** Less than a service manager waits between SIGTERM and SIGKILL, and than stopSignals does. */
const DRAIN_MS = 6000;

/** What was sent before the drain has been read by then. */
const FIRST_REQUEST_MS = 300;

/**
 * Resolves when the workspace's signal has stopped it and all that was being answered is answered.
 * @throws {MlctlError} kind "usage" where the address is taken, or public and open to everybody
 */
export async function serveApi(workspace: Workspace, options: ServeOptions): Promise<{ readonly requests: number }> {
  const { serve } = workspace.config;
  const { context } = workspace;
  requireSafeAddress(serve);
  const state = serverState(workspace, options);
  const app = await createApp({
    codeVersion: codeVersion(),
    bodies: state.bodies,
    streamed: STREAMED_TYPES,
    corsOrigins: serve.cors,
    headerBytes: serve.limits.header_bytes,
    connections: serve.limits.connections,
    intercept: interceptor(state, options),
    onBug: (error, request) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      context.emit({ type: "warning", stage: "serve", message: `${request}: ${reason}` });
    },
  });
  const check = access(serve, rateOf(serve, options));
  const allowed = guards(check);
  registerPredict(app, state, allowed);
  registerInvocations(app, state, allowed);
  registerRecorded(app, state, allowed);
  registerHealth(app, state);
  registerMetrics(app, state, allowed);
  registerDocs(app, state, allowed);
  const now = (): number => context.now().getTime();
  registerPages(app, state, { check, tokens: tokensOf(serve), now });
  registerFallback(app);
  const closeUnused = unusedSockets(app.server);
  // Nobody is answered before the port is open, which may be taken.
  const unsaid: string[] = [];
  const say = (message: string): void => context.emit({ type: "stage", stage: "serve", message });
  let tell = (message: string): void => void unsaid.push(message);
  const follower = keepServing(state, { predictionId: predictionIds(now()), now, tell: (message) => tell(message) });
  try {
    const address = await listen(app, serve);
    tell = say;
    unsaid.forEach(say);
    options.listening({ ...address, example: exampleOf(state) });
    if (!context.signal.aborted) await once(context.signal, "abort");
  } finally {
    follower.close();
    await drain(app, state, closeUnused);
  }
  return { requests: state.metrics.requests };
}

function rateOf({ rate_limit }: Workspace["config"]["serve"], { sharedRate, clock }: ServeOptions): Rate | null {
  return rate_limit === null ? null : (sharedRate ?? rateLimit(rate_limit, clock));
}

function exampleOf({ serving, workspace }: ServerState): ListeningFacts["example"] {
  if (serving === undefined) return null;
  const aliasOf = new Map(Object.entries(workspace.config.serve.request_aliases).map(([alias, name]) => [name, alias]));
  const row = exampleRow(serving.served.model);
  return Object.fromEntries(row.map(({ name, value }) => [aliasOf.get(name) ?? name, value]));
}

function serverState(workspace: Workspace, { log, clock, sharedMetrics }: ServeOptions): ServerState {
  const { limits } = workspace.config.serve;
  const counted = metrics();
  const own = (): MetricsSnapshot => counted.snapshot(log.stats(), process.memoryUsage.rss());
  return {
    workspace,
    store: liveStore(workspace, clock),
    log,
    metrics: counted,
    bodies: bodyReader(
      { bytes: limits.body_bytes, totalBytes: BODIES_BYTES, milliseconds: limits.body_seconds * 1000 },
      clock,
    ),
    allMetrics: sharedMetrics?.(own) ?? (() => Promise.resolve(own())),
    startedAt: workspace.context.now(),
    serving: undefined,
    refusal: null,
    draining: false,
  };
}

function tokensOf({ token, tokens }: Workspace["config"]["serve"]): string[] {
  return [...(token === null ? [] : [token]), ...tokens.map((each) => each.token)];
}

/** No new connections; what is being answered is finished; the log is on disk. */
async function drain(app: App, state: ServerState, closeUnused: () => void): Promise<void> {
  state.draining = true;
  const idle = setInterval(() => app.server.closeIdleConnections(), 25);
  const quiet = setTimeout(closeUnused, FIRST_REQUEST_MS);
  const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  await app.close();
  state.store.close();
  clearInterval(idle);
  clearTimeout(quiet);
  clearTimeout(cut);
  state.bodies.close();
  await state.log.close();
}
