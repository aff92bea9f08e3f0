/** Selects a part of the training data. */
import type { History } from "../../core/history.ts";
import { selectRows, selectValues } from "../../core/table/selectRows.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Table } from "../../core/table/table.ts";
import type { Split } from "./splitRows.ts";

/** Labelled rows; `inputs` has the input columns only. */
export interface TrainingData {
  readonly inputs: Table;
  readonly y: Float64Array;
  readonly target: TargetSpec;
  /** With a time_column: all labelled rows, independent of the selected part. */
  readonly history?: History | undefined;
  /** Time of each row if the data is split by time: folds and held-out rows keep this order. */
  readonly times?: Float64Array | undefined;
  /** Group of each row if folds keep groups together; null is a group too. */
  readonly groups?: readonly (string | null)[] | undefined;
  /** Position of each row in the dataset, from 0, for errors. */
  readonly dataRows?: Int32Array | undefined;
}

export interface Parts {
  readonly training: TrainingData;
  readonly validation: TrainingData;
}

export function partsOf(data: TrainingData, { training, validation }: Split): Parts {
  return { training: partOf(data, training), validation: partOf(data, validation) };
}

/** @param rows positions of the rows to select, in this order */
export function partOf(
  { inputs, y, times, groups, dataRows, ...common }: TrainingData,
  rows: Int32Array,
): TrainingData {
  return {
    ...common,
    inputs: selectRows(inputs, rows),
    y: selectValues(y, rows),
    ...(times === undefined ? {} : { times: selectValues(times, rows) }),
    ...(dataRows === undefined ? {} : { dataRows: rows.map((row) => dataRows[row]!) }),
    ...(groups === undefined ? {} : { groups: Array.from(rows, (row) => groups[row]!) }),
  };
}
