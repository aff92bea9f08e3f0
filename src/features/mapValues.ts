/** Makes a number column by applying a function to each value of a column. */
import type { DateColumn, NumberColumn } from "../core/table/table.ts";

/** `f` gets NaN for a missing value and may return NaN. */
export function mapValues(
  column: NumberColumn | DateColumn,
  f: (value: number) => number,
  name = column.name,
): NumberColumn {
  const values = new Float64Array(column.values.length);
  for (let row = 0; row < values.length; row++) values[row] = f(column.values[row]!);
  return { kind: "number", name, values };
}
