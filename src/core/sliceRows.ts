/** Takes neighbouring rows of a table without copying them. */
import type { Column, Table } from "./table.ts";

/** Rows `start` to `end` (exclusive) as views of the same memory; dictionaries of category columns are shared. */
export function sliceRows(table: Table, start: number, end: number): Table {
  const first = Math.min(Math.max(start, 0), table.rowCount);
  const last = Math.min(Math.max(end, first), table.rowCount);
  const slice = (column: Column): Column =>
    column.kind === "category"
      ? { ...column, codes: column.codes.subarray(first, last) }
      : { ...column, values: column.values.subarray(first, last) };
  return { rowCount: last - first, columns: table.columns.map(slice) };
}
