/** Messages between a process and the writer thread of its prediction log. */
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import type { LogPlace } from "./logReader.ts";

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
  requestId: string | null,
  threshold: number | null,
];

export interface Retention {
  readonly days: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
}

export interface WriterOptions {
  readonly place: LogPlace;
  readonly retention: Retention;
}

export interface WriterRequest {
  /** Null: close the log. */
  readonly rows: readonly LoggedRow[] | null;
}

/** One reply for each batch. `written` and `refused` add up to its rows; after an error, no row was written. */
export type WriterReply = Written | { readonly error: string };

export interface Written {
  readonly written: number;
  /** Number of rows that the database rejects, such as one with an input of a gigabyte. */
  readonly refused: number;
  readonly problem: string | null;
}

/** Writes batches; a row that already exists, from an attempt whose reply was lost, counts as written. */
export interface LogWriter {
  /** @throws if the database is locked, full or away; no row of the batch is written then */
  write(rows: readonly LoggedRow[]): Written | Promise<Written>;
  close(): void;
}

export function loggedRow(entry: LoggedPrediction): LoggedRow {
  const { predictionId, at, runId, modelSha256, inputs, prediction, probability, source } = entry;
  const { requestId = null, threshold = null } = entry;
  const values = [prediction, probability, source, requestId, threshold] as const;
  return [predictionId, at, runId, modelSha256, JSON.stringify(inputs), ...values];
}
