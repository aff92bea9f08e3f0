/** Predictions of rows, before they are written in a format. */
import type { Table } from "../../core/table/table.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";

export interface Predictions {
  /** Classes by their label, numbers rounded as `serve.round` has it. */
  readonly values: readonly (string | number)[];
  /** Of the positive class where there are two, else of the predicted one; null in regression. */
  readonly probabilities: readonly number[] | null;
  /** JSON of the probabilities of all classes of a row; null in regression. */
  readonly classes: ((row: number) => string) | null;
  readonly predictionIds: readonly string[];
  readonly warnings: readonly RowFinding[];
  /** The rows as the model reads them. */
  readonly table: Table;
}

export interface RowPrediction {
  readonly value: string | number | null;
  readonly probability: number | null;
  readonly classes: (() => string) | null;
  readonly predictionId: string | null;
  readonly warning: string | null;
  /** Why there is no prediction. */
  readonly error: string | null;
}

/** Findings about the names of columns, before any value was checked. */
export interface Found {
  readonly errors: readonly RowFinding[];
  readonly warnings: readonly RowFinding[];
}
