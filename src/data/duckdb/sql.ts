/** Names, strings and errors of SQL. */
import { messageOf, MlctlError } from "../../core/errors.ts";

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

export const TRY_CAST_HINT = "use TRY_CAST to turn values that cannot be converted into missing values";

/**
 * An error in SQL of the configuration, with the `key` that contains it. An MlctlError stays as it is: it says why the SQL
 * was stopped.
 */
export function sqlError(key: string, error: unknown, hint: string): MlctlError {
  if (error instanceof MlctlError) return error;
  const plain = firstLine(error)
    .replace(/^(Failed to extract statements: )?[A-Za-z ]+ Error: /, "")
    .replace(/ - file system operations are disabled by configuration$/, "")
    .replace(/[.!]$/, "");
  return new MlctlError("usage", `${key}: ${plain}`, { hint, cause: error });
}

export function isOutOfMemory(error: unknown): boolean {
  return messageOf(error).startsWith("Out of Memory Error");
}

/** The first line of an error message; DuckDB appends the SQL below it. */
export function firstLine(error: unknown): string {
  return messageOf(error).split("\n")[0]!;
}
