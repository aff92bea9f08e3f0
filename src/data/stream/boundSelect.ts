/** The expressions of `ingest.select` that can be computed from given columns, and how these columns are read. */
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import type { ColumnKind } from "../../core/table/table.ts";
import { isMissingMarker, valueFormat, type ValueFormat } from "../../core/text/valueFormat.ts";
import type { Json } from "../../core/json.ts";
import { isOwnType, kindOf, requestedType, storedType } from "../duckdb/columnTypes.ts";
import { ALLOWED, columnsRead, refuseStatements } from "../duckdb/untrustedSql.ts";
import { type Database, identifier, sqlError } from "../duckdb/duckdb.ts";

export interface SelectOptions {
  readonly select: Readonly<Record<string, string>>;
  /** Columns of the model; those in `select` are computed. */
  readonly wanted: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** Columns of the dataset, after `select`. */
  readonly recorded: readonly DatasetColumn[];
  readonly types: Readonly<Record<string, string>>;
  readonly nullValues: readonly string[];
  /** Maximum time of a batch, also for waiting while others are computed; default: none. */
  readonly maxSeconds?: number;
  /** Called with the reason if an expression is not applied although its columns are present. */
  readonly onNote: (message: string) => void;
}

export interface BoundExpression {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly sql: string;
  readonly type: string;
  /** Columns that it reads, with their DuckDB type. */
  readonly reads: ReadonlyMap<string, string>;
}

/** Types to try for a column that `select` replaces, since the dataset does not record its original type. */
const CANDIDATES = ["VARCHAR", "BIGINT", "DOUBLE", "TIMESTAMP", "DATE"];
/** With more columns of unknown type there are too many combinations; all of them then get the same type. */
const MAX_COMBINED = 2;

/** The expressions of `select` that give a column of the model. */
export function wantedExpressions({ select, wanted }: Pick<SelectOptions, "select" | "wanted">) {
  const named = new Map(Object.entries(select).map(([name, sql]) => [name.toLowerCase(), sql]));
  return wanted.flatMap(({ name, kind }) => {
    const sql = named.get(name.toLowerCase());
    return sql === undefined ? [] : [{ name, kind, sql }];
  });
}

/** @throws {MlctlError} kind "usage" if an entry of `select` is not a single SQL expression */
export async function boundSelect(
  database: Database,
  columns: readonly string[],
  options: SelectOptions,
): Promise<BoundExpression[]> {
  const bound: BoundExpression[] = [];
  for (const { name, kind, sql } of wantedExpressions(options)) {
    const key = `ingest.select.${name}`;
    await refuseStatements(database, sql).catch((error: unknown) => {
      throw sqlError(key, error, ALLOWED);
    });
    const found = await bind(database, { name, kind, sql, columns }, options);
    if (found === "missing column") continue;
    if (found === "wrong kind") {
      const expected = `the ${kind} that the model was trained on`;
      options.onNote(`${key} is not applied: for these rows it does not give ${expected}`);
    } else if (readsOtherRows(sql)) {
      options.onNote(`${key} is not applied: it reads other rows, but here each row is read on its own`);
    } else bound.push({ name, kind, sql, ...found });
  }
  return bound;
}

type Bound = Pick<BoundExpression, "type" | "reads">;

async function bind(
  database: Database,
  { name, kind, sql, columns }: Omit<BoundExpression, keyof Bound> & { readonly columns: readonly string[] },
  options: SelectOptions,
): Promise<Bound | "missing column" | "wrong kind"> {
  const names = await columnsRead(database, sql, columns);
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
      if (error instanceof MlctlError) throw error;
      if (/not found in FROM clause|does not have a column/.test(String(error))) return "missing column";
    }
  }
  return close ?? "wrong kind";
}

function assignments(names: readonly string[], options: SelectOptions): Map<string, string>[] {
  const known = new Map(names.map((name) => [name, knownType(name, options)]));
  const unknown = names.filter((name) => known.get(name) === undefined);
  const withTypes = (types: readonly string[]): Map<string, string> =>
    new Map(names.map((name) => [name, known.get(name) ?? types[unknown.indexOf(name)]!]));
  if (unknown.length > MAX_COMBINED) return CANDIDATES.map((type) => withTypes(unknown.map(() => type)));
  let combined: string[][] = [[]];
  for (const _ of unknown) combined = combined.flatMap((types) => CANDIDATES.map((type) => [...types, type]));
  return combined.map(withTypes);
}

function knownType(name: string, { select, recorded, types }: SelectOptions): string | undefined {
  if (Object.hasOwn(types, name)) return requestedType(name, types[name]!);
  const isReplaced = Object.keys(select).some((made) => made.toLowerCase() === name.toLowerCase());
  return isReplaced ? undefined : recorded.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type;
}

/** Whether the SQL has window functions or subqueries, ignoring strings and quoted names. */
function readsOtherRows(sql: string): boolean {
  return /\bover\s*\(|\bselect\b/i.test(sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, " "));
}

/** By column of numbers or dates that may have a format and missing markers: its format; null: written plainly. */
export type TextFormats = ReadonlyMap<string, ValueFormat | null>;

/** The formats that `ingest.types` names, and those that a dataset records for its columns. */
export function textFormats(options: Pick<SelectOptions, "types" | "recorded" | "select">): TextFormats {
  const { types, recorded, select } = options;
  const formats = new Map<string, ValueFormat | null>();
  const replaced = new Set(Object.keys(select).map((name) => name.toLowerCase()));
  for (const { name, format } of recorded)
    if (format !== undefined && !replaced.has(name.toLowerCase())) formats.set(name, valueFormat(format) ?? null);
  for (const [name, type] of Object.entries(types)) {
    if (!isOwnType(type)) formats.delete(name);
    else {
      const found = valueFormat(type) ?? valueFormat(recorded.find((column) => column.name === name)?.format ?? "");
      formats.set(name, found?.kind === kindOf(requestedType(name, type)) ? found : null);
    }
  }
  return formats;
}

/** The value as DuckDB casts it to a number or a date; null is missing. Text that is not in the format stays no number. */
export function plainText(value: Json, format: ValueFormat | null): Json {
  if (typeof value !== "string") return value;
  const read = format?.parse(value);
  if (read === undefined || format === null) {
    if (isMissingMarker(value)) return null;
    // An ISO date has one reading in any format; a number such as 1.5 has not.
    return format?.kind === "number" ? `${value} is not written as ${format.id}` : value;
  }
  return format.kind === "number" ? read : new Date(read).toISOString();
}
