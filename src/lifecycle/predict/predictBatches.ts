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
import { addedColumns } from "./predictedValues.ts";
import { rowLog, type RowLogOptions } from "./rowLog.ts";

export interface PredictBatchesOptions {
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
  const idColumn = addedColumns(["prediction_id"]);
  const withIds = async ({ columns: names, sources, ...batch }: PredictedBatch): Promise<PredictedBatch> => {
    // Before anything is logged: a late column may have the name of the added one.
    const columns = [...names, ...idColumn.beside(names)];
    const ids = await log!.add(batch.inputs, sources.added);
    const added = sources.added.map((values, row) => [...values, ids[row]!]);
    return { ...batch, columns, sources: { ...sources, added } };
  };
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
      const { columns: names, rows, sources } = log === null ? predicted : await withIds(predicted);
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
  const renamed = [...predictRows.notes(), ...idColumn.notes(), ...(rejects === null ? [] : why.notes())];
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
