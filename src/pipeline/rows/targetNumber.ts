/** The target of a regression, row by row. */
import { parseNumber } from "../../core/text/parseNumber.ts";
import type { Column } from "../../core/table/table.ts";

/** The value at `row`, which is not missing; undefined where it is a text that is no number. */
export function targetNumber(column: Column, row: number): number | undefined {
  if (column.kind !== "category") return column.values[row]!;
  const value = parseNumber(column.categories[column.codes[row]!]!);
  return Number.isNaN(value) ? undefined : value;
}
