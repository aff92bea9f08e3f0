/** What labels are joined to: the log in SQLite, or in Postgres. */
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";

/** Rows of one short transaction, so that others can write in between. */
export const CHUNK_ROWS = 10_000;

/** The key that a label of these inputs has. */
export type KeyOf = (inputs: LoggedPrediction["inputs"]) => string | null;

/** A label and the prediction that it belongs to. */
export interface Pair {
  readonly seq: number;
  readonly prediction: string | number | null;
  readonly known: string | number | null;
  readonly key: string;
  readonly label: string;
  readonly line: number;
}

/** The predictions that labels are joined to. */
export interface LabelTarget {
  /** Fills the table `found` from `staged`. */
  match(staged: SqliteDatabase, keyOf: KeyOf | null): Promise<void>;
  /** Records the labels of `found`, in the order of seq. @param choose the label to write, if any */
  record(staged: SqliteDatabase, choose: (pair: Pair) => string | number | undefined, now: number): Promise<void>;
  close(): void;
}
