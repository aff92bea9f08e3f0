/** History: what was known before, for features that look back in time. */
import type { Table } from "./table/table.ts";

/** Every labelled row of a dataset, whether it trains or validates. A row may look only at what is strictly before it. */
export interface History {
  readonly timeColumn: string;
  /** Epoch milliseconds of each row; NaN is missing. */
  readonly time: Float64Array;
  /** All columns, the target among them as numbers: values, or class codes. */
  readonly columns: Table;
}
