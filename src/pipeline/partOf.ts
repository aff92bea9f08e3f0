/** Takes a part of the rows that are learned from. */
import type { History } from "../core/history.ts";
import { selectRows } from "../core/selectRows.ts";
import type { TargetSpec } from "../core/signature.ts";
import type { Table } from "../core/table.ts";

/** Rows with a target; `inputs` holds the input columns only. */
export interface TrainingData {
  readonly inputs: Table;
  readonly y: Float64Array;
  readonly target: TargetSpec;
  /** Where there is a time_column: all labelled rows, whatever part is taken. */
  readonly history?: History | undefined;
}

/** Some of the rows, in their order. */
export function partOf({ inputs, y, ...common }: TrainingData, rows: Int32Array): TrainingData {
  return { ...common, inputs: selectRows(inputs, rows), y: Float64Array.from(rows, (row) => y[row]!) };
}
