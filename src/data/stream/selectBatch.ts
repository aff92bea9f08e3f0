/** Computes columns of a batch of rows by SQL, and finds the rows for which this fails. */
import { MlctlError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { parseDate } from "../../core/text/valueFormat.ts";
import { type BoundExpression, plainText, type TextFormats } from "./boundSelect.ts";
import { castExpression, kindOf, storedExpression, storedType } from "../duckdb/columnTypes.ts";
import { type Cell, type Database, identifier, literal, sqlError, TRY_CAST_HINT } from "../duckdb/duckdb.ts";
import type { ExpressionFailure, RowBatch } from "../rowBatch.ts";

/** Failures explained per batch and column, since each explanation takes a query. */
const MAX_EXPLAINED = 50;
/** Internal columns; the leading space avoids clashes with columns of the data. */
const ROW = '" row"';
const BAD = '" bad"';

interface SelectingBatch {
  readonly bound: readonly BoundExpression[];
  readonly nullValues: readonly string[];
  readonly formats: TextFormats;
}

/** The batch with `inputs` that contain the computed columns, and a `problem` for each row where one failed. */
export async function selectBatch(
  database: Database,
  batch: RowBatch,
  { bound, nullValues, formats }: SelectingBatch,
): Promise<RowBatch> {
  const columns = [...batch.columns];
  const cells = batch.rows.map(({ values }) => [...values]);
  const problems = new Map<number, string>();
  const failures: ExpressionFailure[] = [];
  const fail = (failure: ExpressionFailure): void => {
    const earlier = problems.get(failure.row);
    problems.set(failure.row, earlier === undefined ? failure.problem : `${earlier}; ${failure.problem}`);
    failures.push(failure);
  };
  const missing = new Set(nullValues);
  const strings = await loadCells(database, batch, { bound, missing, formats, fail });
  for (const expression of bound) {
    const { name, kind } = expression;
    const own = batch.columns.findIndex((column) => column.toLowerCase() === name.toLowerCase());
    const position = own >= 0 ? own : columns.length;
    columns[position] = name;
    const { values, failed } = await evaluateRows(database, expression, { strings, count: batch.rows.length });
    const reads = [...expression.reads.keys()];
    const readsOwn = own >= 0 && reads.includes(batch.columns[own]!);
    let explained = 0;
    for (const [row, { values: given, problem }] of batch.rows.entries()) {
      const cell = own >= 0 ? given[own] : undefined;
      const lacks = (column: string): boolean => strings.get(column)![row] === null;
      const isNull = values[row] === null && !failed[row];
      // A row that lacks what the expression reads may have its result already, as has a value that is a date.
      const isResult =
        !isMissing(cell, missing) &&
        (reads.every(lacks) ||
          (isNull && !readsOwn && reads.some(lacks)) ||
          (failed[row] === true && kind === "date" && parseDate(cell) !== undefined));
      cells[row]![position] = isResult ? cell! : values[row]!;
      if (failed[row] && !isResult && problem === undefined) {
        const reason = explained++ < MAX_EXPLAINED ? await reasonOf(database, expression, row) : cannotCompute(name);
        fail({ row, column: reads.length === 1 ? reads[0]! : name, problem: reason });
      }
    }
  }
  const rows = batch.rows.map((row, i) => (problems.has(i) ? { ...row, problem: problems.get(i)! } : row));
  const computed = new Map(bound.map(({ name, reads }) => [name, [...reads.keys()]] as const));
  return { ...batch, rows, inputs: { columns, cells, computed, failures } };
}

interface Loading extends Omit<SelectingBatch, "nullValues"> {
  readonly missing: ReadonlySet<string>;
  readonly fail: (failure: ExpressionFailure) => void;
}

/** Creates the table `cells` with the columns that expressions may read, as strings; null is missing. */
async function loadCells(
  database: Database,
  { columns, rows }: RowBatch,
  { bound, missing, formats, fail }: Loading,
): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const names = new Set(bound.flatMap(({ reads }) => [...reads.keys()]));
  const strings = new Map(
    [...names].map((name) => {
      const position = columns.indexOf(name);
      const format = formats.get(name);
      const read = (value: Json | undefined, row: number): string | null => {
        try {
          const text = stringOf(value, missing);
          return format === undefined || typeof value !== "string" ? text : stringOf(plainText(text, format), missing);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          fail({ row, column: name, problem: `the value of column "${name}" is nested too deeply` });
          return null;
        }
      };
      return [name, rows.map(({ values }, row) => read(values[position], row))] as const;
    }),
  );
  const lists = [...strings].map(
    ([name, list]) => `unnest(from_json(${literal(JSON.stringify(list))}, '["VARCHAR"]')) AS ${identifier(name)}`,
  );
  const numbered = `unnest(range(${rows.length})) AS ${ROW}`;
  await database.run(`CREATE OR REPLACE TABLE cells AS SELECT ${[numbered, ...lists].join(", ")}`);
  return strings;
}

function isMissing(value: Json | undefined, missing: ReadonlySet<string>): value is null | undefined {
  return value === null || value === undefined || (typeof value === "string" && missing.has(value));
}

function stringOf(value: Json | undefined, missing: ReadonlySet<string>): string | null {
  if (isMissing(value, missing)) return null;
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

type Evaluated = Readonly<Record<"values", readonly Json[]> & Record<"failed", readonly boolean[]>>;

/**
 * Reads integers as DOUBLE in the rows where they are not whole, since a cast to BIGINT would round them silently. Other
 * rows are evaluated apart, because they would change too: 7 is text as "7", but "7.0" as DOUBLE.
 */
async function evaluateRows(
  database: Database,
  expression: BoundExpression,
  { strings, count }: { strings: ReadonlyMap<string, readonly (string | null)[]>; count: number },
): Promise<Evaluated> {
  const integers = [...expression.reads.keys()].filter((name) => expression.reads.get(name) === "BIGINT");
  const fractionalIn = (row: number): string[] => integers.filter((name) => !isWhole(strings.get(name)![row]!));
  const groups = Map.groupBy(Array(count).keys(), (row) => JSON.stringify(fractionalIn(row)));
  const [values, failed] = [Array<Json>(count), Array<boolean>(count)];
  for (const rows of groups.values()) {
    const reads = new Map(expression.reads);
    for (const name of fractionalIn(rows[0]!)) reads.set(name, "DOUBLE");
    const where = groups.size === 1 ? "" : `WHERE ${ROW} IN (${rows.join(", ")})`;
    const some = await evaluate(database, { ...expression, reads }, where);
    for (const [i, row] of rows.entries()) [values[row], failed[row]] = [some.values[i]!, some.failed[i]!];
  }
  return { values, failed };
}

function isWhole(value: string | null): boolean {
  return value === null || /^\s*[+-]?\d+\s*$/.test(value);
}

/** In the order of the rows. @param where of the table `cells` */
async function evaluate(database: Database, expression: BoundExpression, where: string): Promise<Evaluated> {
  const { sql } = expression;
  const result = readable(expression);
  const read = ([cell = null]: readonly Cell[]): Json => {
    if (cell === null || expression.kind !== "date") return cell;
    const date = new Date(Number(cell));
    return Number.isNaN(date.getTime()) ? null : date.toISOString();
  };
  try {
    const strict = `SELECT (${sql}\n) AS value, ${ROW} FROM (${rawRows(expression, "CAST", where)}) AS raw`;
    const rows = await database.rows(`SELECT ${result} FROM (${strict}) ORDER BY ${ROW}`);
    return { values: rows.map(read), failed: rows.map(() => false) };
  } catch (error) {
    if (error instanceof MlctlError) throw error;
    // The expression must occur only once: DuckDB evaluates a repeated one outside of TRY.
    const tried = `SELECT TRY({'value': (${sql}\n)}) AS tried, ${BAD}, ${ROW} FROM (${rawRows(expression, "TRY_CAST", where)}) AS raw`;
    const lenient = `SELECT tried.value AS value, ${BAD} OR tried IS NULL AS failed, ${ROW} FROM (${tried})`;
    const query = `SELECT ${result}, failed FROM (${lenient}) ORDER BY ${ROW}`;
    const rows = await database.rows(query).catch((cause: unknown) => {
      throw sqlError(`ingest.select.${expression.name}`, cause, TRY_CAST_HINT);
    });
    const failed = rows.map((row) => row[1] === true);
    return { values: rows.map((row, i) => (failed[i] ? null : read(row))), failed };
  }
}

function readable({ kind, type }: BoundExpression): string {
  const stored = storedExpression("value", type);
  if (kind === "category") return stored;
  return kind === "number" ? `CAST(${stored} AS DOUBLE)` : `epoch_us(CAST(${stored} AS TIMESTAMP)) / 1000.0`;
}

function rawRows({ reads }: BoundExpression, cast: "CAST" | "TRY_CAST", where: string): string {
  const casts = [...reads].map(([name, type]) => {
    const column = identifier(name);
    return { column, value: kindOf(storedType(type)) === "category" ? column : castExpression(column, type, cast) };
  });
  const items = casts.map(({ column, value }) => `${value} AS ${column}`);
  const bad = casts.map(({ column, value }) => `(${column} IS NOT NULL AND ${value} IS NULL)`);
  const wrong = cast === "CAST" ? [] : [`(${["false", ...bad].join(" OR ")}) AS ${BAD}`];
  return `SELECT ${[ROW, ...wrong, ...items].join(", ")} FROM cells ${where}`;
}

/** DuckDB's error message for one row. */
async function reasonOf(database: Database, expression: BoundExpression, row: number): Promise<string> {
  const key = `ingest.select.${expression.name}`;
  const source = rawRows(expression, "CAST", `WHERE ${ROW} = ${row}`);
  return database.rows(`SELECT (${expression.sql}\n) AS value FROM (${source}) AS raw`).then(
    () => cannotCompute(expression.name),
    (error: unknown) => sqlError(key, error, "").message,
  );
}

function cannotCompute(name: string): string {
  return `ingest.select.${name} cannot be computed for this row`;
}
