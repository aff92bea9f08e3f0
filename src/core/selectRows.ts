/** Takes rows of a table by position. */
import { selectValues } from "./selectValues.ts";
import type { Column, Table } from "./table.ts";

/**
 * A table of `rows`, in their order; a position may repeat. Dictionaries of category columns are shared, and the whole
 * table is where all rows are taken as they stand.
 */
export function selectRows(table: Table, rows: ArrayLike<number>): Table {
  if (isEveryRow(table, rows)) return table;
  return { rowCount: rows.length, columns: table.columns.map((column) => selectColumn(column, rows)) };
}

function isEveryRow({ rowCount }: Table, rows: ArrayLike<number>): boolean {
  if (rows.length !== rowCount) return false;
  for (let i = 0; i < rowCount; i++) if (rows[i] !== i) return false;
  return true;
}

function selectColumn(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind !== "category") return { ...column, values: selectValues(column.values, rows) };
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
  return { ...column, codes };
}
