/** predictions: lists predictions of the prediction log. */
import { MlctlError } from "../../core/errors.ts";
import { parseDate } from "../../core/text/parseDate.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import { countPredictions, readPredictions } from "../../storage/predictionLog/readPredictions.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { predictionRecord, type PredictionRecord } from "./predictionRecord.ts";
import type { Session } from "../session.ts";

export interface PredictionsOptions {
  /** Date or time. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
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
    since: since === undefined ? undefined : instantOf("--since", since),
    until: until === undefined ? undefined : instantOf("--until", until),
    runId: model === undefined ? undefined : resolveRun(session.store, model).runId,
    ...(labelled ? { labelled } : {}),
  };
  const predictions = [...readPredictions(path, { ...filter, limit, newestFirst: true })].map(predictionRecord);
  const counts = countPredictions(path, filter);
  return { total: counts.predictions, labelled: counts.labelled, predictions };
}

function instantOf(flag: string, text: string): number {
  const instant = parseDate(text);
  if (instant !== undefined) return instant;
  throw new MlctlError("usage", `${flag} ${text} is not a date`, {
    hint: "use a date like 2026-11-21 or 2026-11-21T09:30:00Z",
  });
}
