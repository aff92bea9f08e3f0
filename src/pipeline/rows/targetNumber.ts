/** Reads a regression target. */
import { parseNumber } from "../../core/text/parseNumber.ts";
import type { Column } from "../../core/table/table.ts";

/** The value at `row`, which must not be missing; undefined if it is a string that is not a number. */
export function targetNumber(column: Column, row: number): number | undefined {
  if (column.kind !== "category") return column.values[row]!;
  const value = parseNumber(column.categories[column.codes[row]!]!);
  return Number.isNaN(value) ? undefined : value;
}
