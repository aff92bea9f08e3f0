/** Finds the rows that a model can predict. */
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { historyGaps } from "../../features/historyGaps.ts";

/** Positions of the rows that the model's history reaches; all rows for a model without lag features. */
export function rowsInReach({ transforms }: Pick<Model, "transforms">, table: Table): Int32Array {
  const gaps = historyGaps(transforms)?.(table);
  const rows = new Int32Array(table.rowCount);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return gaps === undefined ? rows : rows.filter((row) => gaps[row]?.kind !== "missing");
}
