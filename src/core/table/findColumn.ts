/** Looks a column up by name. */
import type { Column, Table } from "./table.ts";

export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}
