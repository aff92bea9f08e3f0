/** What reads the prediction log: a SQLite file, or tables in Postgres. */
import { randomBytes } from "node:crypto";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";

/** Where the log is: in Postgres if `shared` is set, else in a file beside `database`. */
export type LogPlace = Pick<WorkspacePaths, "database" | "shared">;

export interface JoinedPrediction extends LoggedPrediction {
  /** The label, once it has arrived; of the same type as the prediction. */
  readonly label: string | number | null;
  /** When the label was joined, in milliseconds since 1970. */
  readonly labelledAt: number | null;
}

export interface LogEntry extends JoinedPrediction {
  /** Numbers rows in the order of writing. */
  readonly seq: number;
}

/** Without the inputs, which can be large. */
export type ListedEntry = Omit<LogEntry, "inputs">;

export interface PredictionFilter {
  /** Milliseconds since 1970, inclusive. */
  readonly since?: number | undefined;
  /** Milliseconds since 1970, exclusive. */
  readonly until?: number | undefined;
  readonly runId?: string | undefined;
  /** All rows of one request. */
  readonly requestId?: string | undefined;
  readonly labelled?: boolean | undefined;
  /** False: without forecasts. */
  readonly forecasts?: boolean | undefined;
  /** Only rows with this value in one of these columns, such as the id of a customer. */
  readonly key?: { readonly columns: readonly string[]; readonly value: string } | undefined;
}

/** Predictions by column, oldest first; all of one length. */
export interface LogColumns {
  /** Milliseconds since 1970. */
  readonly at: readonly number[];
  /** A number that is not finite is its name, or null. */
  readonly prediction: readonly (string | number | null)[];
  readonly probability: readonly (number | null)[];
  readonly label: readonly (string | number | null)[];
  readonly inputs: readonly LoggedPrediction["inputs"][];
}

/** What the JSON of the inputs contains if the key is in it: quotes within values are escaped, so nothing else has it. */
export function keyPatterns({ columns, value }: NonNullable<PredictionFilter["key"]>): string[] {
  return columns.flatMap((column) => {
    const name = `${JSON.stringify(column)}:`;
    return [name + JSON.stringify(value), `${name}${value},`, `${name}${value}}`];
  });
}

export interface LogCounts {
  readonly predictions: number;
  readonly labelled: number;
}

export interface LogQuery extends Omit<PredictionFilter, "forecasts"> {
  /** Only predictions older than this one. */
  readonly before?: Pick<LogEntry, "at" | "seq"> | undefined;
  /** The prediction as a string; for a class, its name. */
  readonly prediction?: string | undefined;
  /** Only predictions that differ from their label. */
  readonly wrong?: boolean | undefined;
  /** As of find. */
  readonly name?: string | undefined;
  readonly limit: number;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** The filter stopped at ROWS_LOOKED_AT: older rows may also match. */
  readonly isPartial: boolean;
}

export interface LogTotals extends LogCounts {
  readonly since: number;
  readonly newestAt: number | null;
}

/** Maximum number of predictions that a page with a filter reads, newest first, so that one with a rare class stays fast. */
export const ROWS_LOOKED_AT = 20_000;

/** Enough matches of a prefix to report that it is ambiguous. */
export const MAX_MATCHES = 3;

/** Finds nothing before anything is logged. @throws {MlctlError} if the log is damaged or cannot be reached */
export interface LogReader {
  exists(): Promise<boolean>;
  /** Oldest first. @param limit maximum number of rows, the newest; default: all */
  rows(filter?: PredictionFilter & { readonly limit?: number | undefined }): Promise<JoinedPrediction[]>;
  /** The same rows, with what monitor needs of half a million: an object for each would take twice as long. */
  columns(filter?: PredictionFilter & { readonly limit?: number | undefined }): Promise<LogColumns>;
  count(filter?: PredictionFilter): Promise<LogCounts>;
  /** Predictions whose id begins with `name`, or of the request with this id; at most MAX_MATCHES. */
  find(name: string): Promise<LogEntry[]>;
  /** Those with one of these numbers or ids, in any order. */
  those(column: "seq" | "predictionId", keys: readonly (number | string)[]): Promise<ListedEntry[]>;
  /** The next ones in the order of writing. */
  after(seq: number, limit: number): Promise<LogEntry[]>;
  /** For web pages: its cost does not grow with the log. */
  page(query: LogQuery): Promise<LogPage>;
  /** @param since milliseconds since 1970: predictions from then on are also counted separately */
  totals(since: number): Promise<LogTotals>;
  /** The run ids and the checksums of the models that predicted, which must be kept for the lineage of predictions. */
  models(): Promise<{ readonly runIds: Set<string>; readonly sha256s: Set<string> }>;
  close(): void;
}

export interface LabelTarget {
  /** Sees what `write` has written, within `locked` too. */
  readonly reader: LogReader;
  /** Runs `work` in a transaction: of two imports at once, the second sees the labels of the first. */
  locked(work: () => Promise<void>): Promise<void>;
  write(labels: readonly LabelToWrite[]): Promise<void>;
  close(): void;
}

interface LabelToWrite {
  readonly seq: number;
  readonly label: string | number;
  readonly isNew: boolean;
  /** When it was joined, in milliseconds since 1970. */
  readonly at: number;
}

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

/** Path of the prediction log: a file of its own next to the index, so that training never delays a prediction. */
export function predictionLogPath(database: string): string {
  return `${database}.predictions`;
}

/** @param startedAt milliseconds since 1970 @returns a function that returns the next id: 11 + 8 + 8 hexadecimal digits */
export function predictionIds(startedAt: number): () => string {
  const prefix = startedAt.toString(16).padStart(11, "0") + randomBytes(4).toString("hex");
  let count = 0;
  return () => prefix + (count++).toString(16).padStart(8, "0");
}
