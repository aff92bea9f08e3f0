/** One value of a column as a string. */
import type { Column } from "./table.ts";

/** Null if the value is missing; dates in ISO 8601, UTC. */
export function cellText(column: Column, row: number): string | null {
  if (column.kind === "category") {
    const code = column.codes[row]!;
    return code < 0 ? null : column.categories[code]!;
  }
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  return column.kind === "date" ? new Date(value).toISOString() : String(value);
}

export function presentCount(column: Column): number {
  let count = 0;
  // By index, because an iterator over millions of values takes several times as long.
  if (column.kind === "category") {
    const { codes } = column;
    for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) count++;
  } else {
    const { values } = column;
    for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) count++;
  }
  return count;
}
