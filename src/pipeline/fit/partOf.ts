/** Takes a part of the rows that are learned from. */
import type { History } from "../../core/history.ts";
import { selectRows, selectValues } from "../../core/table/selectRows.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Table } from "../../core/table/table.ts";
import type { Split } from "./splitRows.ts";

/** Rows with a target; `inputs` holds the input columns only. */
export interface TrainingData {
  readonly inputs: Table;
  readonly y: Float64Array;
  readonly target: TargetSpec;
  /** Where there is a time_column: all labelled rows, whatever part is taken. */
  readonly history?: History | undefined;
  /** When each row happened, where the data is split by time: folds and what is set aside keep its order. */
  readonly times?: Float64Array | undefined;
  /** Where folds keep groups together: that of each row; null is a group too. */
  readonly groups?: readonly (string | null)[] | undefined;
}

/** The rows that train, and those that judge. */
export interface Parts {
  readonly training: TrainingData;
  readonly validation: TrainingData;
}

export function partsOf(data: TrainingData, { training, validation }: Split): Parts {
  return { training: partOf(data, training), validation: partOf(data, validation) };
}

/** Some of the rows, in their order. */
export function partOf({ inputs, y, times, groups, ...common }: TrainingData, rows: Int32Array): TrainingData {
  return {
    ...common,
    inputs: selectRows(inputs, rows),
    y: selectValues(y, rows),
    ...(times === undefined ? {} : { times: selectValues(times, rows) }),
    ...(groups === undefined ? {} : { groups: Array.from(rows, (row) => groups[row]!) }),
  };
}
