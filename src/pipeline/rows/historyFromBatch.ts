/** A model that knows the rows it is asked about, as far as each may: what came strictly before it. */
import type { Model } from "../../core/records/model.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { extendHistory } from "../../features/extendHistory.ts";

/** Labelled rows of one table. */
export interface LabelledRows {
  /** As the model takes them. */
  readonly inputs: Table;
  /** The same rows as they came: features may look back on columns that are no inputs. */
  readonly table: Table;
  /** The target as numbers or class codes. */
  readonly y: Float64Array;
}

/**
 * Rows that are judged together follow one another in time, and in use each would have been answered with those before
 * it known. So a model that looks back is judged step by step, and not by how far ahead of training the last row lies.
 */
export function historyFromBatch(model: Model, { inputs, table, y }: LabelledRows): Model {
  const target: Column = { kind: "number", name: model.signature.target.name, values: y };
  const taken = new Set([target.name, ...inputs.columns.map(({ name }) => name)]);
  const others = table.columns.filter(({ name }) => !taken.has(name));
  const known = { rowCount: inputs.rowCount, columns: [...inputs.columns, ...others, target] };
  return { ...model, transforms: extendHistory(model.transforms, known) };
}
