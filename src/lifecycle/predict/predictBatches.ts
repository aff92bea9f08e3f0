/** The loop of `predict` and `watch`: batches of rows are checked, predicted, logged and written; bad rows are rejected. */
import { counted } from "../../core/text/format.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import { selectedRows } from "../../data/stream/selectedRows.ts";
import { MlctlError } from "../../core/errors.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { guardPolicy, warnPolicy } from "./checkRows.ts";
import { selectOptions } from "./modelSelector.ts";
import { rowLog, type RowLogOptions } from "./rowLog.ts";
import { paddedTo, rowPredictor, type PredictedBatch } from "./rowPredictor.ts";
import type { RowSink } from "./rowSink.ts";

export interface PredictBatchesOptions {
  readonly rows: AsyncIterable<RowBatch>;
  /** How errors name the rows: a path, or "stdin". */
  readonly name: string;
  readonly out: RowSink;
  /** Where rejected rows go, with line and reason; null: nowhere. */
  readonly rejects: RowSink | null;
  /**
   * What becomes of rows without a prediction. "reject": the others are predicted, and unusual rows are rejected too.
   * "first": the first one is an error. "all": an error that names them once every row was checked.
   */
  readonly badRows: "reject" | "first" | "all";
  readonly badRowsHint?: string;
  readonly predictionColumn?: string;
  /** Null: the prediction log is not written. */
  readonly log: RowLogOptions | null;
  /** Filled by `rows` with what its reading guessed, changed or left out. */
  readonly notes?: readonly string[];
}

export interface PredictedRows {
  readonly rows: number;
  readonly rejected: number;
  /** Rows in the prediction log; null where none was asked for. */
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
  session: Session,
  loaded: LoadedModel,
  options: PredictBatchesOptions,
): Promise<PredictedRows> {
  const { context } = session;
  const { out, rejects, badRows, predictionColumn } = options;
  const policy = badRows === "reject" ? guardPolicy : warnPolicy;
  const predictRows = rowPredictor(loaded.model, { policy, predictionColumn });
  const log = options.log === null ? null : rowLog(session, loaded, options.log);
  const bad: string[] = [];
  let columns: readonly string[] = [];
  try {
    for await (const batch of selectedInputs(session, loaded, options.rows)) {
      columns = batch.columns;
      context.signal.throwIfAborted();
      const predicted = predictRows.predict(batch);
      if (predicted.rejected.length > 0)
        await rejects?.write(rejectColumns(columns), rejectedRows(predicted, columns.length));
      if (badRows !== "reject") {
        const more = predicted.rejected.slice(0, NAMED_ROWS - bad.length);
        bad.push(...more.map(({ row: { line }, reason }) => `line ${line}: ${reason}`));
        if (bad.length > 0 && badRows === "first") throw badRow(options, bad[0]!);
        // Nothing more is written, but the rows that follow are checked: all that is wrong is reported at once.
        if (bad.length > 0) continue;
      }
      const { columns: names, rows, sources } = log === null ? predicted : await log.add(predicted);
      await out.write(names, rows, sources);
      context.emit({ type: "progress", stage: "predict", done: predictRows.rows(), unit: "rows" });
    }
    if (bad.length > 0) throw manyBadRows(options, bad, predictRows.rejected());
    // Where nothing was rejected the file has a header all the same; at the end, as JSON lines may name columns late.
    if (predictRows.rejected() === 0) await rejects?.write(rejectColumns(columns), []);
    await Promise.all([out.close(), rejects?.close()]);
  } catch (error) {
    await Promise.all([out.abandon(), rejects?.abandon(), log?.close()]);
    throw error;
  }
  const { logged = null, problem = null } = (await log?.close()) ?? {};
  const warnings = [...(options.notes ?? []), ...predictRows.warnings(), ...(problem === null ? [] : [problem])];
  return { rows: predictRows.rows(), rejected: predictRows.rejected(), logged, logProblem: problem, warnings };
}

function rejectColumns(columns: readonly string[]): string[] {
  return [...columns, "line", "reason"];
}

function rejectedRows({ rejected }: PredictedBatch, width: number) {
  return rejected.map(({ row: { values, line }, reason }) => {
    const rest = values.slice(width);
    const why = rest.length === 0 ? reason : `${reason}; beyond the header: ${JSON.stringify(rest)}`;
    return [...paddedTo(width, values), line, why];
  });
}

function badRow({ name, badRowsHint }: PredictBatchesOptions, first: string): MlctlError {
  return new MlctlError("data", `${name}, ${first}`, { hint: badRowsHint });
}

function manyBadRows({ name, badRowsHint }: PredictBatchesOptions, bad: readonly string[], count: number): MlctlError {
  const more = count > bad.length ? [`and ${count - bad.length} more rows`] : [];
  const rows = `${counted(count, "row")} cannot be predicted, first: ${bad[0]}`;
  const details = count === 1 ? [] : [...bad, ...more];
  return new MlctlError("data", `${name}: ${rows}`, { details, hint: badRowsHint });
}

/** The rows, each with the columns that `ingest.select` makes of it. */
function selectedInputs(
  { config, store, context }: Session,
  { model, run }: LoadedModel,
  rows: AsyncIterable<RowBatch>,
): AsyncIterable<RowBatch> {
  // Without `select` the store is not needed.
  if (Object.keys(config.ingest.select).length === 0) return rows;
  const recorded = run === null ? [] : (store.dataset(run.datasetId)?.columns ?? []);
  const onNote = (message: string): void => context.emit({ type: "warning", stage: "predict", message });
  return selectedRows(rows, selectOptions(config, model, { recorded, onNote }));
}
