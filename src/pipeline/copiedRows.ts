/** Rows that stand in two tables alike. */
import { cellText } from "../core/cellText.ts";
import { findColumn } from "../core/findColumn.ts";
import type { Table } from "../core/table.ts";

/**
 * How many rows of `table` have the same values in all of `names` as some row of `other`: test rows that are copies of
 * training rows flatter every metric. A missing value equals a missing value.
 */
export function copiedRows(table: Table, other: Table, names: readonly string[]): number {
  const known = new Set(rowKeys(other, names));
  return rowKeys(table, names).filter((key) => known.has(key)).length;
}

function rowKeys(table: Table, names: readonly string[]): string[] {
  const columns = names.map((name) => findColumn(table, name)!);
  // A number column in one table may be a category column in the other: both give the same text.
  return Array.from({ length: table.rowCount }, (_, row) =>
    columns.map((column) => cellText(column, row) ?? "").join("\u0000"),
  );
}
