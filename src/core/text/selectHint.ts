/** Hint with the `ingest.select` setting that recomputes a column with SQL. */

/** Keywords that DuckDB 1.5 rejects as an unquoted column name (each word of duckdb_keywords() was tried). */
const RESERVED = new Set(
  `
  all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check
  collate collation column concurrently constraint create cross default deferrable desc describe distinct do
  else end except false fetch for foreign freeze from full glob group having ilike in initially inner intersect
  into is isnull join lambda lateral leading left like limit natural not notnull null offset on only or order
  outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning right
  select semi show similar some summarize symmetric table tablesample then to trailing true union unique unpack
  unpivot using variadic verbose when where window with
`.split(/\s+/),
);

/**
 * @param expression returns SQL; `text` is SQL for the column as text, because it is numbers in a file without the odd
 *   cells that make it text in another
 */
export function selectHint(column: string, expression: (text: string) => string): string {
  const isBare = /^[A-Za-z_][A-Za-z0-9_]*$/.test(column) && !RESERVED.has(column.toLowerCase());
  const name = isBare ? column : `"${column.replaceAll('"', '""')}"`;
  const select = { [column]: expression(`CAST(${name} AS VARCHAR)`) };
  return `set "ingest.select": ${JSON.stringify(select)
    .replace(/^\{(.*)\}$/s, "{ $1 }")
    .replace('":"', '": "')} in config.json`;
}
