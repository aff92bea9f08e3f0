/** Predicts a whole file for `watch`: every row with its prediction, or an error that names all bad rows. */
import { Writable } from "node:stream";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { fileRows, type FileToRead } from "./fileRows.ts";
import { predictBatches, type PredictedRows } from "./predictBatches.ts";
import type { RowLogOptions } from "./rowLog.ts";
import { rowSink, type RowSink } from "./rowSink.ts";

export interface PredictFileOptions extends FileToRead {
  readonly output: string;
  readonly predictionColumn: string;
  /** Where rejected rows go; null: a row that cannot be read is an error. */
  readonly rejectFile: string | null;
  /** Null: the prediction log is not written. */
  readonly log: RowLogOptions | null;
}

/** @throws {MlctlError} kind "data" with the missing columns, or with all rows that cannot be predicted */
export async function predictFile(
  session: Session,
  loaded: LoadedModel,
  options: PredictFileOptions,
): Promise<PredictedRows> {
  const { name, output, rejectFile, predictionColumn, log } = options;
  // A file that is refused must leave no row in the log, and only its end shows whether it is refused.
  if (log !== null && rejectFile === null) await predictFile(session, loaded, { ...options, log: null });
  const notes: string[] = [];
  return predictBatches(session, loaded, {
    rows: fileRows(options, loaded.model, session.config, (message) => void notes.push(message)),
    name,
    notes,
    out: toFile(output),
    rejects: rejectFile === null ? null : toFile(rejectFile),
    badRows: rejectFile === null ? "all" : "reject",
    badRowsHint: "correct them and drop the file again; `watch.guard` rejects such rows and predicts the others",
    predictionColumn,
    log,
  });
}

/** Output goes to files only. */
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

function toFile(path: string): RowSink {
  return rowSink(path, nowhere, { format: "csv", bareEmpty: true });
}
