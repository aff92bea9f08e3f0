/** Numbers written with a decimal comma, which no reader takes for numbers, and how to make some of them. */
import { selectHint } from "./selectHint.ts";

/** Of a whole text, for JavaScript and DuckDB alike. */
export const DECIMAL_COMMA = String.raw`[ \t]*[+-]?[0-9]+,[0-9]+[ \t]*`;

const WHOLE = new RegExp(`^${DECIMAL_COMMA}$`);

export function hasDecimalComma(text: string): boolean {
  return WHOLE.test(text);
}

/** The line of config.json that turns them into numbers. */
export function decimalCommaHint(column: string): string {
  // As text first: where every number of a file is whole, its column is one of numbers already.
  return selectHint(column, (name) => `CAST(replace(CAST(${name} AS VARCHAR), ',', '.') AS DOUBLE)`);
}
