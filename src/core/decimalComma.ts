/** Numbers written with a decimal comma, which no reader takes for numbers, and how to make some of them. */

/** Of a whole text, for JavaScript and DuckDB alike. */
export const DECIMAL_COMMA = String.raw`[ \t]*[+-]?[0-9]+,[0-9]+[ \t]*`;

const WHOLE = new RegExp(`^${DECIMAL_COMMA}$`);

export function hasDecimalComma(text: string): boolean {
  return WHOLE.test(text);
}

/** The line of config.json that turns them into numbers. */
export function decimalCommaHint(column: string): string {
  const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
  const select = { [column]: `CAST(replace(${name}, ',', '.') AS DOUBLE)` };
  return `set "ingest.select": ${JSON.stringify(select)
    .replace(/^\{(.*)\}$/s, "{ $1 }")
    .replace('":"', '": "')} in config.json`;
}
