/** Which expressions of `ingest.select` can be made of the columns of some rows, and of what types those columns are. */
import type { DatasetColumn } from "../../core/records/dataset.ts";
import type { ColumnKind } from "../../core/table/table.ts";
import { kindOf, requestedType, storedType } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { refuseStatements } from "../duckdb/refuseStatements.ts";
import { identifier } from "../duckdb/sql.ts";
import { sqlError } from "../duckdb/sqlError.ts";

export interface SelectOptions {
  /** SQL by column: `ingest.select`. */
  readonly select: Readonly<Record<string, string>>;
  /** The columns to make, where `select` has them. */
  readonly wanted: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** The dataset's, after `select`. */
  readonly recorded: readonly DatasetColumn[];
  /** `ingest.types`. */
  readonly types: Readonly<Record<string, string>>;
  readonly nullValues: readonly string[];
  /** Why an expression is not applied to rows that have its columns. */
  readonly onNote: (message: string) => void;
}

export interface BoundExpression {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly sql: string;
  /** DuckDB's, of what it makes. */
  readonly type: string;
  /** Columns of the rows that it may read, by their DuckDB type. */
  readonly reads: ReadonlyMap<string, string>;
}

/** Types of a column that `select` replaces, of which the dataset tells nothing: a text is what SQL is mostly for. */
const CANDIDATES = ["VARCHAR", "BIGINT", "DOUBLE", "TIMESTAMP", "DATE"];
/** With more unknown columns every combination would take too long: then all are of one type. */
const MOST_COMBINED = 2;

/** Those of `select` that make a column of the model. */
export function wantedExpressions({
  select,
  wanted,
}: SelectOptions): { name: string; kind: ColumnKind; sql: string }[] {
  const named = new Map(Object.entries(select).map(([name, sql]) => [name.toLowerCase(), sql]));
  return wanted.flatMap(({ name, kind }) => {
    const sql = named.get(name.toLowerCase());
    return sql === undefined ? [] : [{ name, kind, sql }];
  });
}

/** Columns that may stand in the expression; some too many do no harm. */
export function mentioned(sql: string, columns: readonly string[]): string[] {
  if (/\bcolumns\s*\(|\braw\b/i.test(sql)) return [...columns];
  const text = sql.toLowerCase();
  return columns.filter((name) => text.includes(name.toLowerCase().replaceAll('"', '""')));
}

/** @throws {MlctlError} kind "usage" for text that is no expression */
export async function boundSelect(
  database: Database,
  columns: readonly string[],
  options: SelectOptions,
): Promise<BoundExpression[]> {
  const bound: BoundExpression[] = [];
  for (const { name, kind, sql } of wantedExpressions(options)) {
    const key = `ingest.select.${name}`;
    await refuseStatements(database, sql).catch((error: unknown) => {
      throw sqlError(key, error, "write one SQL expression");
    });
    const found = await bind(database, { name, kind, sql, columns }, options);
    if (found === "lacking") continue;
    if (found === "unlike") {
      options.onNote(
        `${key} is not applied: what it makes of these rows is not the ${kind} that the model was trained on`,
      );
    } else if (looksAtOtherRows(sql)) {
      options.onNote(`${key} is not applied: it looks at other rows, and here each row is read by itself`);
    } else bound.push({ name, kind, sql, ...found });
  }
  return bound;
}

interface Binding {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly sql: string;
  readonly columns: readonly string[];
}

type Bound = Pick<BoundExpression, "type" | "reads">;

async function bind(
  database: Database,
  { name, kind, sql, columns }: Binding,
  options: SelectOptions,
): Promise<Bound | "lacking" | "unlike"> {
  const names = mentioned(sql, columns);
  const recorded = options.recorded.find((column) => column.name === name)?.type;
  let close: Bound | undefined;
  for (const reads of assignments(names, options)) {
    const casts = [...reads].map(([column, type]) => `CAST(NULL AS ${type}) AS ${identifier(column)}`);
    const from = casts.length === 0 ? 'SELECT 0 AS " "' : `SELECT ${casts.join(", ")}`;
    try {
      const [made] = await database.describe(`SELECT (${sql}\n) AS value FROM (${from}) AS raw`);
      const type = made!.type;
      if (kindOf(storedType(type)) !== kind) continue;
      if (recorded === undefined || storedType(type) === recorded) return { type, reads };
      close ??= { type, reads };
    } catch (error) {
      // Other types of its columns may fit; other columns do not come.
      if (/not found in FROM clause|does not have a column/.test(String(error))) return "lacking";
    }
  }
  return close ?? "unlike";
}

/** The types that the columns can have been read with. */
function assignments(names: readonly string[], options: SelectOptions): Map<string, string>[] {
  const known = new Map(names.map((name) => [name, knownType(name, options)]));
  const unknown = names.filter((name) => known.get(name) === undefined);
  const withTypes = (types: readonly string[]): Map<string, string> =>
    new Map(names.map((name) => [name, known.get(name) ?? types[unknown.indexOf(name)]!]));
  if (unknown.length > MOST_COMBINED) return CANDIDATES.map((type) => withTypes(unknown.map(() => type)));
  let combined: string[][] = [[]];
  for (const _ of unknown) combined = combined.flatMap((types) => CANDIDATES.map((type) => [...types, type]));
  return combined.map(withTypes);
}

function knownType(name: string, { select, recorded, types }: SelectOptions): string | undefined {
  if (Object.hasOwn(types, name)) return requestedType(name, types[name]!);
  const isReplaced = Object.keys(select).some((made) => made.toLowerCase() === name.toLowerCase());
  return isReplaced ? undefined : recorded.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type;
}

/** Windows and subqueries, outside of texts and quoted names. */
function looksAtOtherRows(sql: string): boolean {
  return /\bover\s*\(|\bselect\b/i.test(sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, " "));
}
