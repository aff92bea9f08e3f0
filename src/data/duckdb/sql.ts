/** Quoting for SQL text: names and texts of users never reach DuckDB bare. */

/** A name as DuckDB reads it: `say "hi"` → `"say ""hi"""`. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as DuckDB reads it: `it's` → `'it''s'`. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path as DuckDB's readers take it: they would read `[1]` and `*` in a file's name as a pattern. */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, "[$&]"));
}

/** Texts as a list: `['a', 'b']`. */
export function literalList(texts: readonly string[]): string {
  return `[${texts.map(literal).join(", ")}]`;
}

/** Names and texts as a struct: `{'a': 'BIGINT'}`. */
export function literalStruct(entries: Iterable<readonly [string, string]>): string {
  return `{${Array.from(entries, ([name, text]) => `${literal(name)}: ${literal(text)}`).join(", ")}}`;
}
