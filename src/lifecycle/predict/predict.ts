/** predict: rows stream in, rows with their prediction stream out; bad rows can be diverted. */
import type { Readable, Writable } from "node:stream";
import { MlctlError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { InputRow, RowBatch } from "../../data/rowBatch.ts";
import { readRows } from "../../data/stream/rows.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { answerRows, type Answerer } from "./answerRows.ts";
import { distinctPlaces, rowSink, type RowSink } from "./rowSink.ts";
import { formatOf, openInput, type RowFormat } from "./inputStream.ts";
import { loadDeployed, loadModel, type LoadedModel } from "../loadModel.ts";
import { rowLog, type RowLog } from "./rowLog.ts";
import type { Session } from "../session.ts";
import { selectedInputs } from "./selectedInputs.ts";

export interface PredictOptions {
  /** A path, or "-" for `stdin`. */
  readonly input: string;
  readonly stdin: Readable;
  /** A path, or "-" for `stdout`. */
  readonly output: string;
  readonly stdout: Writable;
  /** REF; the deployed model if left out. */
  readonly model?: string | undefined;
  /** Of the input; by the name of the file, else CSV. */
  readonly inputFormat?: RowFormat | undefined;
  /** Of the output; that of the input if left out. */
  readonly format?: RowFormat | undefined;
  /** Diverts rows that cannot be read or that the model has not seen the like of, instead of stopping or answering. */
  readonly guard: boolean;
  readonly rejectFile?: string | undefined;
  /** Keeps every answer in the prediction log and adds its id to the row. */
  readonly log?: boolean;
  /** Nothing in a CSV that a spreadsheet would take for a formula. */
  readonly csvSafe?: boolean;
}

export interface PredictResult {
  readonly runId: string | null;
  readonly modelSha256: string;
  readonly rows: number;
  readonly rejected: number;
  /** Rows in the prediction log; null where none was asked for. */
  readonly logged: number | null;
  /** What was odd, grouped, each with its first line. */
  readonly warnings: readonly string[];
  readonly output: string;
  readonly rejectFile: string | null;
}

/**
 * Memory does not grow with the number of rows.
 * @throws {MlctlError} kind "notReady" when nothing is deployed; "data" with the line of the first row that cannot be read
 */
export async function predict(session: Session, options: PredictOptions): Promise<PredictResult> {
  distinctPlaces([
    ...(options.input === "-" ? [] : [{ role: "the input", path: options.input }]),
    { role: "the output", path: options.output },
    ...(options.rejectFile === undefined ? [] : [{ role: "--reject-file", path: options.rejectFile }]),
  ]);
  const chosen = await chooseModel(session, options.model);
  const { model, run, sha256 } = chosen;
  const { context } = session;
  const inputFormat = options.inputFormat ?? formatOf(options.input);
  const name = options.input === "-" ? "stdin" : options.input;
  const { normalizeNames } = model.signature.reading;
  const rows = readRows(openInput(options), { format: inputFormat, normalizeNames, name });
  const batches = selectedInputs(session, chosen, rows);
  const bareEmpty = inputFormat === "csv";
  const safety = { bareEmpty, formulaSafe: options.csvSafe ?? false };
  const out = rowSink(options.output, options.stdout, { format: options.format ?? inputFormat, ...safety });
  const rejects =
    options.rejectFile === undefined ? null : rowSink(options.rejectFile, options.stdout, { format: "csv", ...safety });
  const answerer = answerRows({ model, predict: predictor(model), name, guard: options.guard });
  const log = options.log === true ? rowLog(session, chosen) : null;
  let columns: readonly string[] = [];
  try {
    for await (const batch of batches) {
      columns = batch.columns;
      context.signal.throwIfAborted();
      await answerBatch(answerer, batch, { out, rejects, log });
      context.emit({ type: "progress", stage: "predict", done: answerer.rows(), unit: "rows" });
    }
    // Where nothing was rejected the file has a header all the same; at the end, as JSON lines may name columns late.
    if (answerer.rejected() === 0) await rejects?.write(rejectColumns(columns), []);
    await Promise.all([out.close(), rejects?.close()]);
  } catch (error) {
    await Promise.all([out.abandon(), rejects?.abandon(), log?.close()]);
    throw error;
  }
  const { logged = null, problem = null } = (await log?.close()) ?? {};
  const warnings = [...answerer.warnings(), ...(problem === null ? [] : [problem])];
  for (const message of warnings) context.emit({ type: "warning", stage: "predict", message });
  return {
    runId: run?.runId ?? null,
    modelSha256: sha256,
    rows: answerer.rows(),
    rejected: answerer.rejected(),
    logged,
    warnings,
    output: options.output,
    rejectFile: options.rejectFile ?? null,
  };
}

async function answerBatch(
  answerer: Answerer,
  batch: RowBatch,
  { out, rejects, log }: { out: RowSink; rejects: RowSink | null; log: RowLog | null },
): Promise<void> {
  const answered = answerer.answer(batch);
  const { columns, answers, sources, rejected } = log === null ? answered : await log.add(answered);
  await out.write(columns, answers, sources);
  if (rejected.length > 0)
    await rejects?.write(rejectColumns(batch.columns), rejected.map(rejectedRow(batch.columns.length)));
}

function rejectColumns(columns: readonly string[]): string[] {
  return [...columns, "line", "reason"];
}

function rejectedRow(width: number): (reject: { row: InputRow; reason: string }) => readonly Json[] {
  return ({ row: { values, line }, reason }) => {
    const padded = Array.from({ length: width }, (_, i) => values[i] ?? null);
    const rest = values.slice(width);
    return [...padded, line, rest.length === 0 ? reason : `${reason}; beyond the header: ${JSON.stringify(rest)}`];
  };
}

async function chooseModel(session: Session, reference: string | undefined): Promise<LoadedModel> {
  if (reference !== undefined) return loadModel(session, reference);
  const deployed = loadDeployed(session);
  if (deployed !== undefined) return deployed;
  throw new MlctlError("notReady", "no model is deployed", { hint: "mlctl deploy, or predict with --model latest" });
}
