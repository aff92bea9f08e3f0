/** One value of a column as a text. */
import type { Column } from "./table.ts";

/** Null where it is missing; a date in ISO 8601, UTC. */
export function cellText(column: Column, row: number): string | null {
  if (column.kind === "category") {
    const code = column.codes[row]!;
    return code < 0 ? null : column.categories[code]!;
  }
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  return column.kind === "date" ? new Date(value).toISOString() : String(value);
}
