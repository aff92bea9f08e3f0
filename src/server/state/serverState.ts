/** The state that all routes of one process share. */
import type { ServerResponse } from "node:http";
import { basename, dirname, sep } from "node:path";
import type { PredictionLog } from "../../core/records/predictionLog.ts";
import type { DeployedServedModel, ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import type { ServedPredictor } from "../predictions/servedPredictor.ts";
import type { responseDocument } from "../predictions/responseDocument.ts";
import type { BodyReader } from "../http/bodyReader.ts";
import type { LiveStore } from "./liveStore.ts";
import type { Metrics, MetricsSnapshot } from "./metrics.ts";
import { HttpProblem } from "../http/problem.ts";
import type { Rejections } from "../http/rejections.ts";

/** A model in use. The deployed one is replaced as a whole, so that a request never sees a mix of two. */
export interface Serving<Served extends ServedModel = ServedModel> {
  readonly served: Served;
  readonly predictor: ServedPredictor;
  readonly response: ReturnType<typeof responseDocument>;
}

export interface ServerState {
  readonly workspace: Workspace;
  readonly store: LiveStore;
  readonly log: PredictionLog;
  readonly metrics: Metrics;
  readonly bodies: BodyReader;
  readonly rejected: Rejections;
  /** Metrics of this process, or summed over all workers. */
  readonly allMetrics: () => Promise<MetricsSnapshot>;
  readonly startedAt: Date;
  serving: Serving<DeployedServedModel> | undefined;
  /** The model of a version ("v3"), an alias ("@champion") or a run. @throws {HttpProblem} 404 */
  pinned: (reference: string) => Promise<Serving>;
  /** Why the newest deployment is refused; null if it is served. */
  refusal: string | null;
  /** The server is stopping: requests in progress are finished. */
  draining: boolean;
  /** Of the requests in progress. */
  readonly responses: Set<ServerResponse>;
}

/** For /ready, which probes read without a token: no absolute paths of the workspace. */
export function withoutFolders(message: string, { paths }: Workspace): string {
  return message
    .replaceAll(paths.production, basename(paths.production))
    .replaceAll(`${dirname(paths.database)}${sep}`, "")
    .replaceAll(`${paths.workspace}${sep}`, "");
}

/** @throws {HttpProblem} 503 while nothing is deployed */
export function requireServing({ serving, refusal }: ServerState): Serving<DeployedServedModel> {
  if (serving !== undefined) return serving;
  const detail = refusal === null ? "no model is deployed" : `the deployed model cannot be served: ${refusal}`;
  const hint =
    refusal === null
      ? "run `mlctl deploy`; the server picks the model up by itself"
      : "run `mlctl verify`, or deploy another model with `mlctl deploy`";
  throw new HttpProblem("not-ready", detail, { hint, headers: { "retry-after": "5" } });
}
