/** What SQL of an untrusted configuration reads, by DuckDB's own parser: it can compute from the loaded rows, and nothing else. */
import type { Json, JsonObject } from "../../core/json.ts";
import type { Database } from "./duckdb.ts";
import { literal } from "./sql.ts";

export const ALLOWED = "SQL in config.json can only compute from the rows of the input files";

/** Allowed although the catalog does not call them consistent: they depend on the clock or on chance, or fail. */
const HARMLESS = new Set(
  "current_date get_current_time get_current_timestamp now today transaction_timestamp random uuid gen_random_uuid uuidv4 uuidv7 error unnest".split(
    " ",
  ),
);
/** Consistent, but they read settings and variables, or plan a query that is in a string. */
const READS_SETTINGS = new Set(["current_setting", "getvariable", "json_serialize_plan"]);
/** The catalog does not say what the functions of FROM do. */
const TABLE_FUNCTIONS = new Set(["range", "generate_series", "unnest", "repeat", "json_each", "json_tree"]);

/** Rejects further statements, and functions and tables that do not compute. @throws the reason, also if `sql` does not parse */
export async function refuseStatements(database: Database, sql: string): Promise<void> {
  if ((await database.statementCount(`SELECT (${sql}\n)`)) !== 1) throw new Error("more than one statement");
  const tree = await syntaxTree(database, sql);
  if (tree.error) throw new Error(tree.error_message);
  const used = usedIn(tree.statements);
  if (used.length === 0) return;
  const refused = await (catalog ??= readCatalog(database).catch((error: unknown) => {
    catalog = undefined;
    throw error;
  }));
  for (const { kind, name } of used) {
    if (kind === "show" || refused[kind](name)) throw new Error(`${WORDS[kind]}${name} is not allowed`);
  }
}

/** The same for all databases, as none loads an extension. */
let catalog: ReturnType<typeof readCatalog> | undefined;

/** By DuckDB's own catalog: functions whose result depends on the arguments only have no effects. */
async function readCatalog(database: Database) {
  const tree = "json_serialize_sql('SELECT (' || macro_definition || ')')";
  const functions = await database.rows(
    `SELECT lower(function_name), function_type, stability, CASE function_type WHEN 'macro' THEN ${tree} END FROM duckdb_functions()`,
  );
  const views = await database.rows("SELECT lower(view_name) FROM duckdb_views() WHERE internal");
  const known = new Set(functions.map(([name]) => String(name)));
  const scalars = functions.filter(([, type]) => type === "scalar" || type === "aggregate" || type === "macro");
  const allowed = new Set(scalars.map(([name]) => String(name)));
  const refuses = (name: string): boolean => known.has(name) && !allowed.has(name) && !HARMLESS.has(name);
  const isAllowed = ([name, type, stability, definition]: (typeof functions)[number]): boolean => {
    if (type !== "macro")
      return stability === "CONSISTENT" && !READS_SETTINGS.has(String(name)) && !String(name).startsWith("__");
    const parsed = JSON.parse(String(definition)) as SyntaxTree;
    return !parsed.error && usedIn(parsed.statements).every((used) => used.kind === "scalar" && !refuses(used.name));
  };
  // A macro of a macro that is refused is refused in a later round.
  for (let before = -1; before !== allowed.size;) {
    before = allowed.size;
    for (const row of scalars) if (!isAllowed(row)) allowed.delete(String(row[0]));
  }
  const internal = new Set(views.map(([name]) => String(name)));
  return {
    scalar: refuses,
    table: (name: string): boolean => known.has(name) && !TABLE_FUNCTIONS.has(name),
    from: (name: string): boolean => internal.has(name),
  };
}

interface Used {
  readonly kind: "scalar" | "table" | "from" | "show";
  readonly name: string;
}

const WORDS = { scalar: "the function ", table: "the function ", from: "the table ", show: "" } as const;

/** Functions and tables in a syntax tree, in lower case. */
function usedIn(node: Json, kind: Used["kind"] = "scalar"): Used[] {
  if (typeof node !== "object" || node === null) return [];
  const { class: kindOfNode, type, function_name: name, table_name: table } = node as JsonObject;
  const own: Used[] = [];
  if (kindOfNode === "FUNCTION" || kindOfNode === "WINDOW") own.push({ kind, name: String(name).toLowerCase() });
  if (type === "BASE_TABLE") own.push({ kind: "from", name: String(table).toLowerCase() });
  if (type === "SHOW_REF") own.push({ kind: "show", name: "SHOW, DESCRIBE or SUMMARIZE" });
  const children = Object.entries(node).flatMap(([key, child]) =>
    usedIn(child as Json, type === "TABLE_FUNCTION" && key === "function" ? "table" : "scalar"),
  );
  return [...own, ...children];
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
