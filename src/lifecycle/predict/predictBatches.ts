/** The loop of `predict` and `watch`: batches of rows are checked, predicted, logged and written; bad rows are rejected. */
import { counted } from "../../core/text/format.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import { selectedRows } from "../../data/stream/selectedRows.ts";
import { MlctlError } from "../../core/errors.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { guardPolicy, warnPolicy } from "./checkRows.ts";
import { selectOptions } from "./inputStream.ts";
import { paddedTo, rowPredictor, type PredictedBatch } from "./rowPredictor.ts";
import type { RowSink } from "./rowSink.ts";
import type { Json } from "../../core/json.ts";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { predictionIds } from "../../storage/predictionLog/logReader.ts";
import { predictionLog } from "../../storage/predictionLog/predictionLog.ts";
import { addedColumns, classShares } from "./predictedValues.ts";
import { keyColumns } from "../settings.ts";

interface PredictBatchesOptions {
  readonly rows: AsyncIterable<RowBatch>;
  readonly name: string;
  readonly out: RowSink;
  /** Where rejected rows go, with line and reason; null: nowhere. */
  readonly rejects: RowSink | null;
  /**
   * What becomes of rows without a prediction. "reject": the others are predicted. "guard": unusual rows are rejected, too.
   * "first": the first one is an error. "all": an error that names them once every row was checked.
   */
  readonly badRows: "reject" | "guard" | "first" | "all";
  readonly badRowsHint?: string;
  readonly predictionColumn?: string;
  readonly log: RowLogOptions | null;
  /** Filled by `rows` with what its reading guessed, changed or left out. */
  readonly notes?: readonly string[];
}

export type PredictSession = Pick<Session, "config" | "context" | "paths"> & {
  readonly store: Pick<Session["store"], "dataset">;
};

export interface PredictedRows {
  readonly rows: number;
  readonly rejected: number;
  readonly logged: number | null;
  /** Why some rows are not in the log; also one of the warnings. */
  readonly logProblem: string | null;
  /** What was unusual, grouped, each with its first line. */
  readonly warnings: readonly string[];
}

/** Bad rows that an error names; the others are counted. */
const NAMED_ROWS = 20;

/**
 * Memory does not grow with the number of rows. Files are there once they are complete.
 * @throws {MlctlError} kind "data" with the missing columns, or with the rows that cannot be predicted
 */
export async function predictBatches(
  session: PredictSession,
  loaded: LoadedModel,
  options: PredictBatchesOptions,
): Promise<PredictedRows> {
  const { context } = session;
  const { out, rejects, badRows, predictionColumn } = options;
  const isStrict = badRows === "first" || badRows === "all";
  const policy = badRows === "guard" ? guardPolicy : warnPolicy;
  const predictRows = rowPredictor(loaded.model, { policy, predictionColumn });
  const log = options.log === null ? null : rowLog(session, loaded, options.log);
  const why = addedColumns(["line", "reason"]);
  const bad: string[] = [];
  let columns: readonly string[] = [];
  try {
    for await (const batch of selectedInputs(session, loaded, options.rows)) {
      columns = batch.columns;
      context.signal.throwIfAborted();
      const predicted = predictRows.predict(batch);
      if (predicted.rejected.length > 0)
        await rejects?.write([...columns, ...why.beside(columns)], rejectedRows(predicted, columns.length));
      if (isStrict) {
        const more = predicted.rejected.slice(0, NAMED_ROWS - bad.length);
        bad.push(...more.map(({ row: { line }, reason }) => `line ${line}: ${reason}`));
        if (bad.length > 0 && badRows === "first")
          throw new MlctlError("data", `${options.name}, ${bad[0]}`, { hint: options.badRowsHint });
        // Nothing more is written, but the rows that follow are checked: all that is wrong is reported at once.
        if (bad.length > 0) continue;
      }
      const { columns: names, rows, sources } = log === null ? predicted : await log.add(predicted);
      await out.write(names, rows, sources);
      context.emit({ type: "progress", stage: "predict", done: predictRows.rows(), unit: "rows" });
    }
    if (bad.length > 0) throw manyBadRows(options, bad, predictRows.rejected());
    // Where nothing was rejected the file has a header all the same; at the end, as JSON lines may name columns late.
    if (predictRows.rejected() === 0) await rejects?.write([...columns, ...why.beside(columns)], []);
    await Promise.all([out.close(), rejects?.close()]);
  } catch (error) {
    await Promise.all([out.abandon(), rejects?.abandon(), log?.close()]);
    throw error;
  }
  const { logged = null, problem = null } = (await log?.close()) ?? {};
  const renamed = [...predictRows.notes(), ...(log?.notes() ?? []), ...(rejects === null ? [] : why.notes())];
  const unusual = [...predictRows.warnings(), ...(problem === null ? [] : [problem])];
  const warnings = [...(options.notes ?? []), ...renamed, ...unusual];
  return { rows: predictRows.rows(), rejected: predictRows.rejected(), logged, logProblem: problem, warnings };
}

function rejectedRows({ rejected }: PredictedBatch, width: number) {
  return rejected.map(({ row: { values, line }, reason }) => {
    const rest = values.slice(width);
    const why = rest.length === 0 ? reason : `${reason}; beyond the header: ${JSON.stringify(rest)}`;
    return [...paddedTo(width, values), line, why];
  });
}

function manyBadRows({ name, badRowsHint }: PredictBatchesOptions, bad: readonly string[], count: number): MlctlError {
  const more = count > bad.length ? [`and ${count - bad.length} more rows`] : [];
  return new MlctlError("data", `${name}: ${counted(count, "row")} cannot be predicted, first: ${bad[0]}`, {
    details: count === 1 ? [] : [...bad, ...more],
    hint: badRowsHint,
  });
}

function selectedInputs(
  { config, store, context }: PredictSession,
  { model, run }: LoadedModel,
  rows: AsyncIterable<RowBatch>,
): AsyncIterable<RowBatch> {
  // Without `select` the store is not needed.
  if (Object.keys(config.ingest.select).length === 0) return rows;
  const recorded = run === null ? [] : (store.dataset(run.datasetId)?.columns ?? []);
  const onNote = (message: string): void => context.emit({ type: "warning", stage: "predict", message });
  return selectedRows(rows, selectOptions(config, model, { recorded, onNote }));
}

/** Maximum number of queued rows before the next batch is read. */
const MOST_WAITING = 20_000;

export interface RowLogOptions {
  /** "predict" if left out. */
  readonly source?: LoggedPrediction["source"];
  /** Rows that are logged again under the same id are kept once. */
  readonly nextId?: () => string;
}

export function rowLog(
  session: Omit<PredictSession, "store">,
  { model, run, sha256 }: LoadedModel,
  options: RowLogOptions,
) {
  const { config, paths, context } = session;
  const { queue_rows, flush_ms, retention } = config.serve.log;
  const log = predictionLog({ place: paths, flushMs: flush_ms, queueRows: queue_rows, retention });
  const { source = "predict", nextId = predictionIds(context.now().getTime()) } = options;
  const { inputs: specs, target } = model.signature;
  const kept = new Set([...specs.map(({ name }) => name), ...keyColumns(config)]);
  const predictionWidth = (target.task === "regression" ? 1 : 2) + classShares(target).names.length;
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
      prediction: target.task === "regression" ? (prediction as number) : String(prediction),
      probability: probability as number | null,
      source,
    }));
  };
  const idColumn = addedColumns(["prediction_id"]);
  return {
    notes: idColumn.notes,
    /** Adds a column with the id of each prediction. Waits for a slow disk, not for one that fails. */
    async add(batch: PredictedBatch): Promise<PredictedBatch> {
      const columns = [...batch.columns, ...idColumn.beside(batch.columns)];
      const ids = batch.rows.map(nextId);
      log.append(entries(batch, ids));
      const { queued, lastError } = log.stats();
      if (queued > MOST_WAITING && lastError === null) await log.flush();
      const added = batch.sources.added.map((values, row) => [...values, ids[row]!]);
      return { ...batch, columns, sources: { ...batch.sources, added } };
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
