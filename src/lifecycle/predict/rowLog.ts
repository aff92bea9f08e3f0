/** Keeps the predictions of predict, watch and forecasts in the prediction log. */
import type { Json } from "../../core/json.ts";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { predictionIds } from "../../storage/predictionLog/logReader.ts";
import { predictionLog } from "../../storage/predictionLog/predictionLog.ts";
import type { LoadedModel } from "../loadModel.ts";
import { keyColumns } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import type { PredictedBatch } from "./rowPredictor.ts";

/** Maximum number of queued rows before the next batch is read. */
const MOST_WAITING = 20_000;

export interface RowLogOptions {
  /** "predict" if left out. */
  readonly source?: LoggedPrediction["source"];
  /** Rows that are logged again under the same id are kept once. */
  readonly nextId?: () => string;
}

export function rowLog(
  { config, paths, context }: Pick<Workspace, "config" | "paths" | "context">,
  { model, run, sha256 }: LoadedModel,
  { source = "predict", nextId = predictionIds(context.now().getTime()) }: RowLogOptions,
) {
  const { queue_rows, flush_ms, retention } = config.serve.log;
  const log = predictionLog({ place: paths, flushMs: flush_ms, queueRows: queue_rows, retention });
  const { inputs, target } = model.signature;
  const kept = new Set([...inputs.map(({ name }) => name), ...keyColumns(config)]);
  return {
    /** @returns the ids of the predictions. Waits for a slow disk, not for one that fails. */
    async add({ columns, cells }: PredictedBatch["inputs"], predictions: readonly (readonly Json[])[]) {
      const at = context.now().getTime();
      const positions = [...columns.keys()].filter((position) => kept.has(columns[position]!));
      const entries = predictions.map(([prediction, probability = null], row): LoggedPrediction => ({
        predictionId: nextId(),
        at,
        runId: run?.runId ?? null,
        modelSha256: sha256,
        inputs: Object.fromEntries(positions.map((position) => [columns[position]!, scalar(cells[row]![position]!)])),
        prediction: target.task === "regression" ? (prediction as number) : String(prediction),
        probability: probability as number | null,
        source,
      }));
      log.append(entries);
      const { queued, lastError } = log.stats();
      if (queued > MOST_WAITING && lastError === null) await log.flush();
      return entries.map(({ predictionId }) => predictionId);
    },
    async close() {
      await log.flush();
      const before = log.stats().lastError;
      await log.close();
      const { written, dropped, lastError } = log.stats();
      const problem = dropped === 0 ? null : `${dropped} predictions are not in the log: ${lastError ?? before}`;
      return { logged: written, problem };
    },
  };
}

function scalar(value: Json): string | number | boolean | null {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
