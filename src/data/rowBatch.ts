/** Rows of a stream, some at a time, each with where it came from. */
import type { Json } from "../core/json.ts";

export interface InputRow {
  /** Where the row starts, counted from 1. */
  readonly line: number;
  /** By position of `RowBatch.columns`; CSV gives texts, JSON what it holds. */
  readonly values: readonly Json[];
  /** Why it cannot be used: too few values, not JSON. The other rows are not affected. */
  readonly problem?: string;
  /** Its line as it came, where that is the CSV of `values` with commas and without quotes. */
  readonly source?: string;
}

export interface RowBatch {
  readonly columns: readonly string[];
  readonly rows: readonly InputRow[];
  /** What a model reads instead, where columns were made of those that came: a list of cells for each row. */
  readonly inputs?: { readonly columns: readonly string[]; readonly cells: readonly (readonly Json[])[] };
}
