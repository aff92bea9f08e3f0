/** One logged prediction, as documents have it. */
import { existsSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import {
  findPredictions,
  readPredictions,
  type JoinedPrediction,
} from "../../storage/predictionLog/readPredictions.ts";
import type { Session } from "../session.ts";

export interface PredictionRecord {
  readonly predictionId: string;
  readonly at: string;
  readonly runId: string | null;
  readonly modelSha256: string;
  readonly source: string;
  readonly prediction: string | number;
  readonly probability: number | null;
  readonly label: string | number | null;
  readonly labelledAt: string | null;
  readonly inputs: JoinedPrediction["inputs"];
}

export function predictionRecord({ at, labelledAt, ...rest }: JoinedPrediction): PredictionRecord {
  const { predictionId, runId, modelSha256, source, prediction, probability, label, inputs } = rest;
  return {
    predictionId,
    at: new Date(at).toISOString(),
    runId,
    modelSha256,
    source,
    prediction,
    probability,
    label,
    labelledAt: labelledAt === null ? null : new Date(labelledAt).toISOString(),
    inputs,
  };
}

/**
 * @param reference the id of a prediction, its unique beginning, or "latest"
 * @throws {MlctlError} kind "usage" where it names none or several
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
    throw new MlctlError("usage", `several predictions have an id that begins with ${reference}`, {
      hint: `give more of it: ${found.map(({ predictionId }) => predictionId).join(", ")}`,
    });
  }
  const isThere = existsSync(path);
  throw new MlctlError(isThere ? "usage" : "notReady", `there is no prediction ${reference} in the log`, {
    hint: isThere
      ? "`mlctl predictions list` shows the newest; older ones may have gone, see serve.log.retention"
      : "`mlctl serve` and `mlctl predict --log` log what they answer",
  });
}
