/** Numbers with a decimal comma. Readers keep them as strings; this builds the hint that converts them. */
import { selectHint } from "./selectHint.ts";

/** Regular expression for a whole value, valid in JavaScript and DuckDB. */
export const DECIMAL_COMMA = String.raw`[ \t]*[+-]?[0-9]+,[0-9]+[ \t]*`;

const WHOLE = new RegExp(`^${DECIMAL_COMMA}$`);

export function hasDecimalComma(text: string): boolean {
  return WHOLE.test(text);
}

/** The setting that converts the column to numbers. */
export function decimalCommaHint(column: string): string {
  // VARCHAR first: in a file with integers only, the column is numeric already.
  return selectHint(column, (name) => `CAST(replace(CAST(${name} AS VARCHAR), ',', '.') AS DOUBLE)`);
}
