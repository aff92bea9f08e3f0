import type { Table } from "./table/table.ts";

/** All labelled rows of a dataset, training and validation. A row may only use rows strictly before it. */
export interface History {
  readonly timeColumn: string;
  /** Epoch milliseconds of each row; NaN is missing. */
  readonly time: Float64Array;
  /** All columns, including the target as numbers (values or class codes). */
  readonly columns: Table;
}
