/** predictions: lists and finds predictions of the prediction log, in the form of JSON output. */
import { MlctlError } from "../../core/errors.ts";
import type { JoinedPrediction, PredictionFilter } from "../../storage/predictionLog/logReader.ts";
import { openLogReader } from "../../storage/predictionLog/sqliteReader.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import type { Session } from "../session.ts";

export type PredictionRecord = Omit<JoinedPrediction, "at" | "labelledAt"> & {
  readonly at: string;
  readonly labelledAt: string | null;
};

function predictionRecord({ at, labelledAt, ...one }: JoinedPrediction): PredictionRecord {
  // A reader may add the number of the row, which is nobody's business.
  const { requestId = null, threshold = null, inputs, seq: _, ...rest } = one as typeof one & { seq?: number };
  const labelled = labelledAt === null ? null : new Date(labelledAt).toISOString();
  return { ...rest, at: new Date(at).toISOString(), labelledAt: labelled, requestId, threshold, inputs };
}

/**
 * @param reference the id of a prediction, a unique prefix of it, the id of its request, or "latest"
 * @throws {MlctlError} kind "usage" if none or several match, "notReady" if there is no log
 */
export async function findPrediction({ paths }: Session, reference: string): Promise<PredictionRecord> {
  const log = openLogReader(paths);
  const found = reference === "latest" ? await log.rows({ limit: 1 }) : await log.find(reference);
  const [first] = found;
  if (first !== undefined && (found.length === 1 || first.predictionId === reference)) return predictionRecord(first);
  if (first?.requestId === reference) {
    const { predictions } = await log.count({ requestId: reference });
    throw new MlctlError("usage", `request ${reference} has ${predictions} predictions`, {
      hint: `name one: \`mlctl predictions list --request ${reference}\` shows their ids`,
    });
  }
  if (first !== undefined) {
    throw new MlctlError("usage", `several prediction ids start with ${reference}`, {
      hint: `use more characters: ${found.map(({ predictionId }) => predictionId).join(", ")}`,
    });
  }
  const hasLog = await log.exists();
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
  readonly model?: string | undefined;
  readonly request?: string | undefined;
  readonly labelled: boolean;
  /** A value of one of the id columns. */
  readonly id?: string | undefined;
  readonly limit: number;
}

export type PredictionsResult = Awaited<ReturnType<typeof listPredictions>>;

/** Predictions are found by the columns that identify a row. @throws {MlctlError} kind "usage" if there are none */
export function rowKeyOf({ config }: Pick<Session, "config">, value: string | undefined): PredictionFilter["key"] {
  if (value === undefined) return undefined;
  if (config.id_columns.length > 0) return { columns: config.id_columns, value };
  throw new MlctlError("usage", "no column identifies a row", { hint: 'set "id_columns" in config.json' });
}

/** @returns `total` and `labelled`: numbers of all matching predictions, including those beyond the limit */
export async function listPredictions(session: Session, options: PredictionsOptions) {
  const log = openLogReader(session.paths);
  const { since, until, model, request, labelled, id, limit } = options;
  const filter = {
    since,
    until,
    runId: model === undefined ? undefined : resolveRun(session.store, model).runId,
    ...(labelled ? { labelled } : {}),
    requestId: request,
    key: rowKeyOf(session, id),
  };
  const newest = await log.rows({ ...filter, limit });
  const predictions = newest.toReversed().map(predictionRecord);
  const counts = await log.count(filter);
  return { total: counts.predictions, labelled: counts.labelled, predictions };
}
