/** Number of rows with a value. */
import type { Column } from "./table.ts";

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
