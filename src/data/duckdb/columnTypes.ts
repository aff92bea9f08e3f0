/** The DuckDB types that a dataset column can have, and the conversion of all other types to them. */
import { MlctlError } from "../../core/errors.ts";
import type { ColumnKind } from "../../core/table/table.ts";
import { valueFormat } from "../../core/text/valueFormat.ts";
import { identifier } from "./duckdb.ts";

const INTEGERS = new Set(["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"]);
/** Integers that BIGINT may not hold: `keepDigits` decides by their values how they are stored. */
export const BIG_INTEGERS: ReadonlySet<string> = new Set(["UBIGINT", "HUGEINT", "UHUGEINT"]);
const REALS = new Set(["FLOAT", "DOUBLE", "BIGNUM"]);
const STRINGS = new Set(["VARCHAR", "BOOLEAN", "UUID", "TIME", "TIMETZ", "TIME WITH TIME ZONE", "INTERVAL"]);
/** A type name allowed in `types`: it cannot break out of the cast that contains it. */
const TYPE_NAME = /^[A-Za-z_][A-Za-z0-9_ ]*(\(\s*\d+\s*(,\s*\d+\s*)?\))?$/;

export const TYPES =
  'use number, category, date, a format such as "1.234,5" or "%d.%m.%Y", or a DuckDB type such as BIGINT or DECIMAL(10,2)';

/** Column kind of a DuckDB type; any type that is neither number nor date is a category. */
export function kindOf(type: string): ColumnKind {
  if (INTEGERS.has(type) || BIG_INTEGERS.has(type) || REALS.has(type) || type.startsWith("DECIMAL")) return "number";
  return /^(DATE|DATETIME|TIMESTAMP.*)$/.test(type) ? "date" : "category";
}

/** The type a column of DuckDB type `type` is stored in: BIGINT, a larger integer, DOUBLE, DECIMAL, DATE, TIMESTAMP or VARCHAR. */
export function storedType(type: string): string {
  if (INTEGERS.has(type)) return "BIGINT";
  if (BIG_INTEGERS.has(type) || type.startsWith("DECIMAL")) return type;
  if (kindOf(type) === "number") return "DOUBLE";
  if (type === "DATE") return "DATE";
  return kindOf(type) === "date" ? "TIMESTAMP" : "VARCHAR";
}

/** SQL that converts column `name` of DuckDB type `type` to its stored type; lists and structs become JSON text. */
export function storedExpression(name: string, type: string): string {
  const column = identifier(name);
  const stored = storedType(type);
  if (stored === type) return column;
  if (type === "TIMESTAMP WITH TIME ZONE") return `make_timestamp(epoch_us(${column}))`;
  if (type === "JSON") return `(${column} ->> '$')`;
  if (stored !== "VARCHAR" || STRINGS.has(type) || type.startsWith("ENUM")) return `CAST(${column} AS ${stored})`;
  return `CAST(to_json(${column}) AS VARCHAR)`;
}

/** SQL that casts `value`; a time with a zone is converted to UTC, while a plain cast would drop the zone. */
export function castExpression(value: string, type: string, cast: "CAST" | "TRY_CAST" = "CAST"): string {
  if (type !== "TIMESTAMP") return `${cast}(${value} AS ${type})`;
  return `make_timestamp(epoch_us(${cast}(${value} AS TIMESTAMPTZ)))`;
}

/** Whether an entry of `ingest.types` lets text have any form of numbers or dates, as DuckDB reads one form only. */
export function isOwnType(type: string): boolean {
  return type === "number" || valueFormat(type) !== undefined || kindOf(requestedType("", type)) === "date";
}

export function requestedType(column: string, type: string): string {
  if (type === "number") return "DOUBLE";
  if (type === "category") return "VARCHAR";
  if (type === "date") return "TIMESTAMP";
  const format = valueFormat(type);
  if (format !== undefined) return format.kind === "number" ? "DOUBLE" : "TIMESTAMP";
  if (TYPE_NAME.test(type)) return type.trim().toUpperCase();
  throw new MlctlError("usage", `ingest.types.${column}: "${type}" is not a valid type`, { hint: TYPES });
}
