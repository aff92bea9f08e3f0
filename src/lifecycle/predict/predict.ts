/** predict: rows stream in, rows with their prediction stream out; for `watch`, a whole file or none of it. */
import { Writable, type Readable } from "node:stream";
import { namedOrDeployed, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { fileRows, formatOf, type RowFormat } from "./inputStream.ts";
import {
  predictBatches,
  type PredictBatchesOptions,
  type PredictedRows,
  type PredictSession,
} from "./predictBatches.ts";
import { checkPlaces, rowSink } from "./rowSink.ts";

/** What `--guard` and `watch.guard` reject besides rows that cannot be predicted. */
export const UNUSUAL = "rows with new categories or with numbers outside the training range";

export interface PredictOptions {
  readonly input: string;
  readonly stdin: Readable;
  readonly output: string;
  readonly stdout: Writable;
  readonly model?: string | undefined;
  /** Of the input; by the name of the file, else CSV. */
  readonly inputFormat?: RowFormat | undefined;
  /** Of the output; that of the input if left out. */
  readonly format?: RowFormat | undefined;
  /** Rejects rows that cannot be read or that are unlike the training data, instead of stopping or warning. */
  readonly guard: boolean;
  /** Where rejected rows go; without `guard`, those that cannot be read. */
  readonly rejectFile?: string | undefined;
  /** Keeps every prediction in the prediction log and adds its id to the row. */
  readonly log?: boolean;
  /** Nothing in a CSV that a spreadsheet would take for a formula. */
  readonly csvSafe?: boolean | undefined;
}

/** @throws {MlctlError} kind "notReady" when nothing is deployed; "data" with the line of the first row that cannot be read */
export async function predict(session: Session, options: PredictOptions) {
  const { input, output, stdout, rejectFile, guard } = options;
  checkPlaces({ "the input": input }, { "the output": output, "--reject-file": rejectFile });
  const loaded = await namedOrDeployed(session, options.model, "mlctl deploy, or predict with --model latest");
  const inputFormat = options.inputFormat ?? formatOf(input);
  const name = input === "-" ? "stdin" : input;
  const notes: string[] = [];
  const onNote = (message: string): void => void notes.push(message);
  const safety = { bareEmpty: inputFormat === "csv", formulaSafe: options.csvSafe ?? false };
  const { logProblem: _log, ...predicted } = await predictBatches(session, loaded, {
    rows: fileRows({ ...options, format: options.inputFormat, name, onNote }, loaded.model, session.config),
    name,
    out: rowSink(output, stdout, { format: options.format ?? inputFormat, ...safety }),
    rejects: rejectFile === undefined ? null : rowSink(rejectFile, stdout, { format: "csv", ...safety }),
    badRows: guard ? "guard" : rejectFile === undefined ? "first" : "reject",
    badRowsHint: `\`--reject-file rejected.csv\` rejects such rows and predicts the others; with \`--guard\`, also ${UNUSUAL}`,
    log: options.log === true ? {} : null,
    notes,
  });
  for (const message of predicted.warnings) session.context.emit({ type: "warning", stage: "predict", message });
  const model = { runId: loaded.run?.runId ?? null, modelSha256: loaded.sha256 };
  return { ...model, ...predicted, output, rejectFile: rejectFile ?? null };
}

/** The format is CSV if left out. */
interface PredictFileOptions
  extends
    Pick<PredictOptions, "output" | "format" | "csvSafe">,
    Pick<PredictBatchesOptions, "name" | "predictionColumn" | "log"> {
  readonly path: string;
  /** Where rejected rows go; null: a row that cannot be read is an error. */
  readonly rejectFile: string | null;
  /** What to do about rows that cannot be predicted. */
  readonly hint: string;
}

/** @throws {MlctlError} kind "data" with the missing columns, or with all rows that cannot be predicted */
export async function predictFile(
  session: PredictSession,
  loaded: LoadedModel,
  options: PredictFileOptions,
): Promise<PredictedRows> {
  const { path, name, output, rejectFile, predictionColumn, log, format = "csv", csvSafe = false } = options;
  // A file that is refused must leave no row in the log, and only its end shows whether it is refused.
  if (log !== null && rejectFile === null) await predictFile(session, loaded, { ...options, log: null });
  const notes: string[] = [];
  const onNote = (message: string): void => void notes.push(message);
  const safety = { bareEmpty: true, formulaSafe: csvSafe };
  return predictBatches(session, loaded, {
    rows: fileRows({ input: path, name, onNote }, loaded.model, session.config),
    name,
    notes,
    out: rowSink(output, nowhere, { format, ...safety }),
    rejects: rejectFile === null ? null : rowSink(rejectFile, nowhere, { format: "csv", ...safety }),
    badRows: rejectFile === null ? "all" : "guard",
    badRowsHint: options.hint,
    ...(predictionColumn !== undefined && { predictionColumn }),
    log,
  });
}

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
