/** predict: rows stream in, rows with their prediction stream out. */
import type { Readable, Writable } from "node:stream";
import { readRows } from "../../data/stream/rows.ts";
import { namedOrDeployed } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { csvOfModel } from "../settings.ts";
import { formatOf, openInput, type RowFormat } from "./inputStream.ts";
import { predictBatches, type PredictedRows } from "./predictBatches.ts";
import { distinctPlaces, requireFolders, rowSink } from "./rowSink.ts";

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
  /** Rejects rows that cannot be read or that are unlike the training data, instead of stopping or warning. */
  readonly guard: boolean;
  readonly rejectFile?: string | undefined;
  /** Keeps every prediction in the prediction log and adds its id to the row. */
  readonly log?: boolean;
  /** Nothing in a CSV that a spreadsheet would take for a formula. */
  readonly csvSafe?: boolean;
}

export interface PredictResult extends Omit<PredictedRows, "logProblem"> {
  readonly runId: string | null;
  readonly modelSha256: string;
  readonly output: string;
  readonly rejectFile: string | null;
}

/** @throws {MlctlError} kind "notReady" when nothing is deployed; "data" with the line of the first row that cannot be read */
export async function predict(session: Session, options: PredictOptions): Promise<PredictResult> {
  const { input, output, stdout, rejectFile, guard } = options;
  distinctPlaces([
    ...(input === "-" ? [] : [{ role: "the input", path: input }]),
    { role: "the output", path: output },
    ...(rejectFile === undefined ? [] : [{ role: "--reject-file", path: rejectFile }]),
  ]);
  requireFolders(rejectFile === undefined ? [output] : [output, rejectFile]);
  const loaded = await namedOrDeployed(session, options.model, "mlctl deploy, or predict with --model latest");
  const { model, run, sha256 } = loaded;
  const inputFormat = options.inputFormat ?? formatOf(input);
  const name = input === "-" ? "stdin" : input;
  const { normalizeNames } = model.signature.reading;
  const csv = csvOfModel(session.config, model.signature);
  const notes: string[] = [];
  const onNote = (message: string): void => void notes.push(message);
  const safety = { bareEmpty: inputFormat === "csv", formulaSafe: options.csvSafe ?? false };
  const predicted = await predictBatches(session, loaded, {
    rows: readRows(openInput(options), { format: inputFormat, normalizeNames, csv, name, onNote }),
    name,
    out: rowSink(output, stdout, { format: options.format ?? inputFormat, ...safety }),
    rejects: rejectFile === undefined ? null : rowSink(rejectFile, stdout, { format: "csv", ...safety }),
    badRows: guard ? "reject" : "first",
    badRowsHint: "`--guard --reject-file rejected.csv` rejects such rows and predicts the others",
    log: options.log === true ? {} : null,
    notes,
  });
  for (const message of predicted.warnings) session.context.emit({ type: "warning", stage: "predict", message });
  const { rows, rejected, logged, warnings } = predicted;
  const place = { output, rejectFile: rejectFile ?? null };
  return { runId: run?.runId ?? null, modelSha256: sha256, rows, rejected, logged, warnings, ...place };
}
