/** A logged prediction in the form of JSON output. */
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
