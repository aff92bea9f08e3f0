/** What SQL of an untrusted configuration reads, by DuckDB's own parser: it can compute from the loaded rows, and nothing else. */
import type { Json, JsonObject } from "../../core/json.ts";
import { type Database, literal } from "./duckdb.ts";

export const ALLOWED = "SQL in config.json can only compute from the rows of the input files";

/** Scalar functions that wait, have effects, or read settings and names: all that DuckDB's catalog does not call consistent. */
const REFUSED = new Set(
  "current_catalog current_connection_id current_database current_query current_query_id current_schema current_schemas current_setting current_transaction_id currval format_type get_block_size getvariable in_search_path json_serialize_plan nextval pg_get_constraintdef pg_get_viewdef pg_sleep setseed sleep_ms stats txid_current write_log".split(
    " ",
  ),
);
/** The catalog does not say what the functions of FROM do. */
const TABLE_FUNCTIONS = new Set(["range", "generate_series", "unnest", "repeat", "json_each", "json_tree"]);
/** Views of DuckDB's own catalog, and their schemas. */
const CATALOG_VIEW = /^(duckdb|pg|sqlite|pragma|information)_/;

/** Rejects further statements, and functions and tables that do not compute. @throws the reason, also if `sql` does not parse */
export async function refuseStatements(database: Database, sql: string): Promise<void> {
  if ((await database.statementCount(`SELECT (${sql}\n)`)) !== 1) throw new Error("more than one statement");
  const tree = await syntaxTree(database, sql);
  if (tree.error) throw new Error(tree.error_message);
  for (const refused of refusedIn(tree.statements)) throw new Error(`${refused} is not allowed`);
}

const isRefused = {
  scalar: (name: string): boolean => REFUSED.has(name) || name.startsWith("__"),
  table: (name: string): boolean => !TABLE_FUNCTIONS.has(name),
};

/** Functions and tables of a syntax tree that do not compute. */
function* refusedIn(node: Json, kind: keyof typeof isRefused = "scalar"): Generator<string> {
  if (typeof node !== "object" || node === null) return;
  const { class: kindOfNode, type, function_name, table_name, schema_name } = node as JsonObject;
  const [called, table, schema] = [function_name, table_name, schema_name].map((name) => String(name).toLowerCase());
  if ((kindOfNode === "FUNCTION" || kindOfNode === "WINDOW") && isRefused[kind](called!))
    yield `the function ${called}`;
  if (type === "BASE_TABLE")
    for (const part of [schema!, table!]) if (CATALOG_VIEW.test(part)) yield `the table ${part}`;
  if (type === "SHOW_REF") yield "SHOW, DESCRIBE or SUMMARIZE";
  for (const [key, child] of Object.entries(node))
    yield* refusedIn(child as Json, type === "TABLE_FUNCTION" && key === "function" ? "table" : "scalar");
}

/**
 * Blocks file and network access, so that SQL can read only loaded tables.
 * @param writes the only file that can still be written
 */
export async function sandboxDatabase(database: Database, writes?: string): Promise<void> {
  if (writes !== undefined) await database.run(`SET allowed_paths = [${literal(writes)}]`);
  await database.run("SET enable_external_access = false; SET lock_configuration = true");
}

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

type SyntaxTree =
  { readonly error: false; readonly statements: Json } | { readonly error: true; readonly error_message: string };

async function syntaxTree(database: Database, sql: string): Promise<SyntaxTree> {
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
