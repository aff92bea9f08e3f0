/** predictions: lists and finds predictions of the prediction log, in the form of JSON output. */
import { existsSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import {
  countPredictions,
  findPredictions,
  readPredictions,
  type JoinedPrediction,
} from "../../storage/predictionLog/readPredictions.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import type { Session } from "../session.ts";

/** Times are ISO 8601. */
export type PredictionRecord = Omit<JoinedPrediction, "at" | "labelledAt"> & {
  readonly at: string;
  readonly labelledAt: string | null;
};

function predictionRecord({ predictionId, at, labelledAt, inputs, ...rest }: JoinedPrediction): PredictionRecord {
  const { runId, modelSha256, source, ...values } = rest;
  const labelled = labelledAt === null ? null : new Date(labelledAt).toISOString();
  const made = new Date(at).toISOString();
  return { predictionId, at: made, runId, modelSha256, source, ...values, labelledAt: labelled, inputs };
}

/**
 * @param reference the id of a prediction, a unique prefix of it, or "latest"
 * @throws {MlctlError} kind "usage" if none or several match, "notReady" if there is no log
 */
export function findPrediction({ paths }: Session, reference: string): PredictionRecord {
  const path = predictionLogPath(paths.database);
  const found =
    reference === "latest"
      ? [...readPredictions(path, { newestFirst: true, limit: 1 })]
      : findPredictions(path, reference);
  const [first] = found;
  if (first !== undefined && (found.length === 1 || first.predictionId === reference)) return predictionRecord(first);
  if (first !== undefined) {
    throw new MlctlError("usage", `several prediction ids start with ${reference}`, {
      hint: `use more characters: ${found.map(({ predictionId }) => predictionId).join(", ")}`,
    });
  }
  const hasLog = existsSync(path);
  throw new MlctlError(hasLog ? "usage" : "notReady", `there is no prediction ${reference} in the log`, {
    hint: hasLog
      ? "run `mlctl predictions list` to see the newest; older ones may have been removed (serve.log.retention)"
      : "`mlctl serve` and `mlctl predict --log` log their predictions",
  });
}

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
