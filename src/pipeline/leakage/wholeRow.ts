/** The columns that make a row: two rows that are equal in all of them are copies. */
import type { Table } from "../../core/table/table.ts";
import { rowNumbers } from "../rows/rowNumbers.ts";

/** Names of all columns, with ids and the target, but without row numbers: a copy has another number. */
export function wholeRow(table: Table, target: string): string[] {
  const names = table.columns.map(({ name }) => name);
  const numbers = rowNumbers({ ...table, columns: table.columns.filter(({ name }) => name !== target) });
  const content = names.filter((name) => !numbers.includes(name));
  // If nothing else describes a row, its number does.
  return content.length > 1 ? content : names;
}
