/** Takes a part of the rows that are learned from. */
import { selectRows } from "../core/selectRows.ts";
import type { TargetSpec } from "../core/signature.ts";
import type { Table } from "../core/table.ts";

/** Rows with a target; `inputs` holds the input columns only. */
export interface TrainingData {
  readonly inputs: Table;
  readonly y: Float64Array;
  readonly target: TargetSpec;
}

/** Some of the rows, in their order. */
export function partOf({ inputs, y, target }: TrainingData, rows: Int32Array): TrainingData {
  return { inputs: selectRows(inputs, rows), y: Float64Array.from(rows, (row) => y[row]!), target };
}
