/** Rows of a stream in batches, each row with its line number. */
import type { Json } from "../core/json.ts";

export interface InputRow {
  readonly line: number;
  /** In the order of `RowBatch.columns`; strings from CSV, JSON values from JSON Lines (integers beyond 2^53 as strings). */
  readonly values: readonly Json[];
  /** Why the row is invalid (too few values, not JSON). Other rows are not affected. */
  readonly problem?: string;
  /** The original line, if it is the CSV of `values` with commas and without quotes, or if it is a JSON object. */
  readonly source?: string;
}

export interface RowBatch {
  readonly columns: readonly string[];
  readonly rows: readonly InputRow[];
  readonly isJson?: boolean;
  /** Columns and cells (by row) for the model after `ingest.select`, if it applies. */
  readonly inputs?: {
    readonly columns: readonly string[];
    readonly cells: readonly (readonly Json[])[];
    /** By computed column, the columns that its expression reads. */
    readonly computed?: ReadonlyMap<string, readonly string[]>;
    readonly failures?: readonly ExpressionFailure[];
  };
}

/** An expression of `ingest.select` that cannot be computed for a row, or a value that it cannot read. */
export interface ExpressionFailure {
  readonly row: number;
  /** The column that the expression reads, or the one that it gives if it does not read exactly one. */
  readonly column: string;
  readonly problem: string;
}
