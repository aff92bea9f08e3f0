/** Looks a column up by name. */
import type { Column, Table } from "./table.ts";

export function findColumn(table: Table, name: string): Column | undefined {
  const find = (wanted: string): Column | undefined => table.columns.find((column) => column.name === wanted);
  // Names in files are composed; those of an old model may not be.
  return find(name) ?? find(name.normalize("NFC"));
}
