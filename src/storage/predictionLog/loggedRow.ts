/** Messages between a process and the writer thread of its prediction log. */
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";

/** A prediction as a flat tuple, with the inputs as JSON, which is cheap to send to another thread. */
export type LoggedRow = readonly [
  predictionId: string,
  at: number,
  runId: string | null,
  modelSha256: string,
  inputs: string,
  prediction: string | number,
  probability: number | null,
  source: string,
];

export interface Retention {
  readonly days: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
}

/** Data that the thread is started with. */
export interface WriterOptions {
  readonly path: string;
  readonly retention: Retention;
}

export interface WriterRequest {
  /** Null: close the file. */
  readonly rows: readonly LoggedRow[] | null;
}

/** One reply for each batch. `written` and `refused` add up to its rows; after an error, no row was written. */
export type WriterReply = Written | { readonly error: string };

/** What became of a batch. */
export interface Written {
  readonly written: number;
  /** Number of rows that SQLite rejects, such as one with an input of a gigabyte. */
  readonly refused: number;
  readonly problem: string | null;
}

export function loggedRow(entry: LoggedPrediction): LoggedRow {
  return [
    entry.predictionId,
    entry.at,
    entry.runId,
    entry.modelSha256,
    JSON.stringify(entry.inputs),
    entry.prediction,
    entry.probability,
    entry.source,
  ];
}
