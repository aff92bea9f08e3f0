/** Rows that stand in two tables alike. */
import type { Column, Table } from "../core/table.ts";

/**
 * How many rows of `table` have the same values in all of `names` as some row of `other`: test rows that are copies of
 * training rows flatter every metric. A missing value equals a missing value.
 */
export function copiedRows(table: Table, other: Table, names: readonly string[]): number {
  const known = new Set(rowKeys(other, names));
  return rowKeys(table, names).filter((key) => known.has(key)).length;
}

function rowKeys(table: Table, names: readonly string[]): string[] {
  const columns = names.map((name) => table.columns.find((column) => column.name === name)!);
  return Array.from({ length: table.rowCount }, (_, row) =>
    columns.map((column) => cellKey(column, row)).join("\u0000"),
  );
}

/** A number column in one table may be a category column in the other: both give the same text. */
function cellKey(column: Column, row: number): string {
  if (column.kind !== "category") return Number.isNaN(column.values[row]!) ? "" : String(column.values[row]!);
  return column.codes[row]! < 0 ? "" : column.categories[column.codes[row]!]!;
}
