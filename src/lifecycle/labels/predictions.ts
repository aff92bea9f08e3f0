/** predictions: lists predictions of the prediction log. */
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import { countPredictions, readPredictions } from "../../storage/predictionLog/readPredictions.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { predictionRecord, type PredictionRecord } from "./predictionRecord.ts";
import type { Session } from "../session.ts";

export interface PredictionsOptions {
  /** Milliseconds since 1970, inclusive and exclusive. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** REF of the model. */
  readonly model?: string | undefined;
  readonly labelled: boolean;
  readonly limit: number;
}

export interface PredictionsResult {
  /** Number of all matching predictions, including those beyond the limit. */
  readonly total: number;
  readonly labelled: number;
  /** Newest first. */
  readonly predictions: readonly PredictionRecord[];
}

/** @throws {MlctlError} kind "usage" for a time that cannot be read */
export function listPredictions(session: Session, options: PredictionsOptions): PredictionsResult {
  const path = predictionLogPath(session.paths.database);
  const { since, until, model, labelled, limit } = options;
  const filter = {
    since,
    until,
    runId: model === undefined ? undefined : resolveRun(session.store, model).runId,
    ...(labelled ? { labelled } : {}),
  };
  const predictions = [...readPredictions(path, { ...filter, limit, newestFirst: true })].map(predictionRecord);
  const counts = countPredictions(path, filter);
  return { total: counts.predictions, labelled: counts.labelled, predictions };
}
