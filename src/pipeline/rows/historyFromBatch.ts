/** Adds earlier rows of the batch to the model's history: lag features see the past, but never the row itself. */
import type { Model } from "../../core/records/model.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { extendHistory } from "../../features/history.ts";

/** Labelled rows of one table. */
export interface LabelledRows {
  /** The model's input columns. */
  readonly inputs: Table;
  /** The same rows with all columns: lag features may use columns that are not inputs. */
  readonly table: Table;
  /** The target as numbers or class codes. */
  readonly y: Float64Array;
}

/**
 * In use, each row is predicted when the rows before it are known. Evaluating a batch with the history of training only
 * would make the result depend on how far the last row is from the end of training.
 */
export function historyFromBatch(model: Model, { inputs, table, y }: LabelledRows): Model {
  const target: Column = { kind: "number", name: model.signature.target.name, values: y };
  const taken = new Set([target.name, ...inputs.columns.map(({ name }) => name)]);
  const others = table.columns.filter(({ name }) => !taken.has(name));
  const labelled = { rowCount: inputs.rowCount, columns: [...inputs.columns, ...others, target] };
  return { ...model, transforms: extendHistory(model.transforms, labelled) };
}
