/** What an SQL expression reads, by DuckDB's own parser: text may also name functions and strings. */
import type { Json, JsonObject } from "../../core/json.ts";
import type { Database } from "./duckdb.ts";
import { literal } from "./sql.ts";

/**
 * Those of `columns` that the expression reads from the table `raw`, in any letter case; all of them if it reads the row
 * as a whole: COLUMNS(…) or `raw`. The parameter of a lambda function counts as a column if there is one of its name.
 */
export async function columnsRead(database: Database, sql: string, columns: readonly string[]): Promise<string[]> {
  const tree = await syntaxTree(database, sql);
  if (tree.error) return [...columns];
  const names = new Set(namesIn(tree.statements).map((name) => name?.toLowerCase()));
  const isWhole = names.has("raw") && !columns.some((name) => name.toLowerCase() === "raw");
  if (isWhole || names.has(undefined)) return [...columns];
  return columns.filter((name) => names.has(name.toLowerCase()));
}

export type SyntaxTree =
  { readonly error: false; readonly statements: Json } | { readonly error: true; readonly error_message: string };

export async function syntaxTree(database: Database, sql: string): Promise<SyntaxTree> {
  const [row] = await database.rows(`SELECT json_serialize_sql(${literal(`SELECT (${sql}\n)`)})`);
  return JSON.parse(String(row![0])) as SyntaxTree;
}

/** Names in a syntax tree; undefined for a row as a whole. */
function namesIn(node: Json): (string | undefined)[] {
  if (typeof node !== "object" || node === null) return [];
  return [...ownNames(node as JsonObject), ...Object.values(node).flatMap(namesIn)];
}

function ownNames(node: JsonObject): (string | undefined)[] {
  if (node["class"] === "STAR") return [undefined];
  if (node["class"] === "COLUMN_REF") return columnOf(node["column_names"] as readonly string[]);
  // The parser takes the column of name.lower() for a schema, and of raw.name.lower() for one in a catalog.
  const owner = [node["catalog"], node["schema"]].filter((part) => typeof part === "string" && part !== "");
  return node["class"] === "FUNCTION" ? columnOf(owner as string[]) : [];
}

function columnOf(parts: readonly string[]): string[] {
  const isQualified = parts.length > 1 && parts[0]!.toLowerCase() === "raw";
  return parts.slice(isQualified ? 1 : 0).slice(0, 1);
}
