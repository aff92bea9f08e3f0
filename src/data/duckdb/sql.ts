/** Quotes names and strings for SQL. */

/** A quoted name: `say "hi"` → `"say ""hi"""`. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted string: `it's` → `'it''s'`. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted path for DuckDB's readers, which would treat `[1]` and `*` in a file name as a pattern. */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, "[$&]"));
}

export function literalList(values: readonly string[]): string {
  return `[${values.map(literal).join(", ")}]`;
}

export function literalStruct(entries: Iterable<readonly [string, string]>): string {
  return `{${Array.from(entries, ([name, value]) => `${literal(name)}: ${literal(value)}`).join(", ")}}`;
}

/** Whether SQL has the name as a whole word, in any letter case, or COLUMNS(…), which may stand for it. */
export function isMentioned(name: string, sql: string): boolean {
  const word = name.replaceAll('"', '""').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return (
    sql !== "" && new RegExp(String.raw`(?<![\p{L}\p{N}_])${word}(?![\p{L}\p{N}_])|\bcolumns\s*\(`, "iu").test(sql)
  );
}
