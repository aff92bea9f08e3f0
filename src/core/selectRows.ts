/** Takes rows of a table by position. */
import type { Column, Table } from "./table.ts";

/** A table of `rows`, in their order; a position may repeat. Dictionaries of category columns are shared. */
export function selectRows(table: Table, rows: ArrayLike<number>): Table {
  return { rowCount: rows.length, columns: table.columns.map((column) => selectColumn(column, rows)) };
}

function selectColumn(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind === "category") {
    const codes = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
    return { ...column, codes };
  }
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]!]!;
  return { ...column, values };
}
