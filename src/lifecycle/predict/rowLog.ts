/** What `predict --log` and `watch` keep of the rows they answer, in the log that the server writes too. */
import { MlctlError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { predictionIds } from "../../storage/predictionLog/predictionIds.ts";
import { predictionLog } from "../../storage/predictionLog/predictionLog.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import type { AnsweredBatch } from "./answerRows.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";

export interface RowLog {
  /** The batch with a column more: the id of each prediction. Waits for a disk that is slow, not for one that refuses. */
  add(batch: AnsweredBatch): Promise<AnsweredBatch>;
  close(): Promise<{ readonly logged: number; readonly problem: string | null }>;
}

const ID_COLUMN = "prediction_id";
/** Rows that wait before the next batch is read. */
const MOST_WAITING = 20_000;

export interface RowLogOptions {
  readonly source: LoggedPrediction["source"];
  /** The same ids again are the same rows: they are kept once. */
  readonly nextId: () => string;
}

export function rowLog(session: Session, { model, run, sha256 }: LoadedModel, options?: RowLogOptions): RowLog {
  const { config, paths, context } = session;
  const { queue_rows, flush_ms, retention } = config.serve.log;
  const path = predictionLogPath(paths.database);
  const log = predictionLog({ path, flushMs: flush_ms, queueRows: queue_rows, retention });
  const { source = "predict", nextId = predictionIds(context.now().getTime()) } = options ?? {};
  const { inputs: specs, target } = model.signature;
  const kept = new Set([...specs.map(({ name }) => name), ...config.id_columns, ...timeColumn(config.time_column)]);
  const answerWidth = target.task === "regression" ? 1 : 2;
  const entries = ({ columns, answers, inputs }: AnsweredBatch, ids: readonly string[]): LoggedPrediction[] => {
    const at = context.now().getTime();
    const given = columns.length - answerWidth;
    const read = inputs ?? { columns: columns.slice(0, given), cells: answers };
    const names = read.columns.flatMap((name, position) => (kept.has(name) ? [{ name, position }] : []));
    return answers.map((cells, row) => ({
      predictionId: ids[row]!,
      at,
      runId: run?.runId ?? null,
      modelSha256: sha256,
      inputs: Object.fromEntries(names.map(({ name, position }) => [name, scalar(read.cells[row]![position]!)])),
      prediction: cells[given] as string | number,
      probability: answerWidth === 1 ? null : (cells[given + 1] as number),
      source,
    }));
  };
  return {
    async add(batch) {
      if (batch.columns.includes(ID_COLUMN)) {
        throw new MlctlError("data", `the rows have a column called "${ID_COLUMN}" already`, {
          hint: "rename or drop it first, or predict without --log",
        });
      }
      const ids = batch.answers.map(nextId);
      log.append(entries(batch, ids));
      const { queued, lastError } = log.stats();
      if (queued > MOST_WAITING && lastError === null) await log.flush();
      const answers = batch.answers.map((cells, row) => [...cells, ids[row]!]);
      return { ...batch, columns: [...batch.columns, ID_COLUMN], answers };
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

function timeColumn(name: string | null): string[] {
  return name === null ? [] : [name];
}

/** A list or an object stands in the log as its JSON. */
function scalar(value: Json): string | number | boolean | null {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
