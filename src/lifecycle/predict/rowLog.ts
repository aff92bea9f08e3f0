/** Writes the predictions of `predict --log` and `watch` to the prediction log, which the server writes too. */
import type { Json } from "../../core/json.ts";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { predictionIds } from "../../storage/predictionLog/predictionIds.ts";
import { predictionLog } from "../../storage/predictionLog/predictionLog.ts";
import { freeNames, refuseTaken } from "./addedNames.ts";
import type { PredictedBatch } from "./rowPredictor.ts";
import type { LoadedModel } from "../loadModel.ts";
import { keyColumns } from "../settings.ts";
import type { Session } from "../session.ts";

export interface RowLog {
  /** Adds a column with the id of each prediction. Waits for a slow disk, not for one that fails. */
  add(batch: PredictedBatch): Promise<PredictedBatch>;
  close(): Promise<{ readonly logged: number; readonly problem: string | null }>;
}

const ID_COLUMN = "prediction_id";
/** Maximum number of queued rows before the next batch is read. */
const MOST_WAITING = 20_000;

export interface RowLogOptions {
  /** "predict" if left out. */
  readonly source?: LoggedPrediction["source"];
  /** Rows that are logged again under the same id are kept once. */
  readonly nextId?: () => string;
}

export function rowLog(session: Session, { model, run, sha256 }: LoadedModel, options: RowLogOptions): RowLog {
  const { config, paths, context } = session;
  const { queue_rows, flush_ms, retention } = config.serve.log;
  const log = predictionLog({ place: paths, flushMs: flush_ms, queueRows: queue_rows, retention });
  const { source = "predict", nextId = predictionIds(context.now().getTime()) } = options;
  const { inputs: specs, target } = model.signature;
  const kept = new Set([...specs.map(({ name }) => name), ...keyColumns(config)]);
  const predictionWidth = target.task === "regression" ? 1 : 2;
  const entries = ({ columns, rows, sources, inputs }: PredictedBatch, ids: readonly string[]): LoggedPrediction[] => {
    const at = context.now().getTime();
    const read = inputs ?? { columns: columns.slice(0, columns.length - predictionWidth), cells: rows };
    const names = read.columns.flatMap((name, position) => (kept.has(name) ? [{ name, position }] : []));
    return sources.added.map(([prediction, probability = null], row) => ({
      predictionId: ids[row]!,
      at,
      runId: run?.runId ?? null,
      modelSha256: sha256,
      inputs: Object.fromEntries(names.map(({ name, position }) => [name, scalar(read.cells[row]![position]!)])),
      prediction: prediction as string | number,
      probability: probability as number | null,
      source,
    }));
  };
  let idColumn: string | undefined;
  return {
    async add(batch) {
      if (idColumn === undefined) [idColumn] = freeNames([ID_COLUMN], batch.columns);
      else refuseTaken(batch.columns, [idColumn]);
      const ids = batch.rows.map(nextId);
      log.append(entries(batch, ids));
      const { queued, lastError } = log.stats();
      if (queued > MOST_WAITING && lastError === null) await log.flush();
      const added = batch.sources.added.map((values, row) => [...values, ids[row]!]);
      return { ...batch, columns: [...batch.columns, idColumn!], sources: { ...batch.sources, added } };
    },
    async close() {
      await log.flush();
      const before = log.stats().lastError;
      await log.close();
      const { written, dropped, lastError } = log.stats();
      if (dropped === 0) return { logged: written, problem: null };
      return { logged: written, problem: `${dropped} predictions are not in the log: ${lastError ?? before}` };
    },
  };
}

/** Lists and objects are logged as JSON. */
function scalar(value: Json): string | number | boolean | null {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
