/** Makes columns of a batch of rows by SQL, and finds the rows of which they cannot be made. */
import type { Json } from "../../core/json.ts";
import { parseDate } from "../../core/text/parseDate.ts";
import type { BoundExpression } from "./boundSelect.ts";
import { castExpression, kindOf, storedExpression, storedType } from "../duckdb/columnTypes.ts";
import type { Cell, Database } from "../duckdb/duckdb.ts";
import type { RowBatch } from "../rowBatch.ts";
import { identifier, literal } from "../duckdb/sql.ts";
import { sqlError } from "../duckdb/sqlError.ts";

/** Of one batch and column: asking DuckDB why takes a query each. */
const MOST_EXPLAINED = 50;
/** No column of data begins with a space. */
const ROW = '" row"';
const BAD = '" bad"';

interface SelectingBatch {
  readonly bound: readonly BoundExpression[];
  readonly nullValues: readonly string[];
}

/** The batch as it came, with `inputs` that hold the columns made, and the problems of rows where one cannot be. */
export async function selectBatch(
  database: Database,
  batch: RowBatch,
  { bound, nullValues }: SelectingBatch,
): Promise<RowBatch> {
  const columns = [...batch.columns];
  const cells = batch.rows.map(({ values }) => [...values]);
  const problems = new Map<number, string>();
  const texts = await loadCells(database, batch, { bound, nullValues });
  for (const expression of bound) {
    const { name, kind } = expression;
    const own = batch.columns.findIndex((column) => column.toLowerCase() === name.toLowerCase());
    const position = own >= 0 ? own : columns.length;
    columns[position] = name;
    const { values, failed } = await evaluate(database, widened(expression, texts), batch.rows.length);
    let explained = 0;
    for (const [row, { values: given, problem }] of batch.rows.entries()) {
      const cell = own >= 0 ? given[own] : undefined;
      cells[row]![position] = values[row]!;
      if (!failed[row] || problem !== undefined) continue;
      // A date that needs no making was made before: it is read as it is.
      if (kind === "date" && parseDate(cell) !== undefined) cells[row]![position] = cell!;
      else {
        const why = explained++ < MOST_EXPLAINED ? await reasonOf(database, expression, row) : notMade(name);
        const before = problems.get(row);
        problems.set(row, before === undefined ? why : `${before}; ${why}`);
      }
    }
  }
  const rows = batch.rows.map((row, i) => (problems.has(i) ? { ...row, problem: problems.get(i)! } : row));
  return { ...batch, rows, inputs: { columns, cells } };
}

/** The table `cells`: the texts that some expression may read, null where one says "missing". */
async function loadCells(
  database: Database,
  { columns, rows }: RowBatch,
  { bound, nullValues }: SelectingBatch,
): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const missing = new Set(nullValues);
  const names = new Set(bound.flatMap(({ reads }) => [...reads.keys()]));
  const texts = new Map(
    [...names].map((name) => {
      const position = columns.indexOf(name);
      return [name, rows.map(({ values }) => textOf(values[position], missing))] as const;
    }),
  );
  const lists = [...texts].map(
    ([name, list]) => `unnest(from_json(${literal(JSON.stringify(list))}, '["VARCHAR"]')) AS ${identifier(name)}`,
  );
  const numbered = `unnest(range(${rows.length})) AS ${ROW}`;
  await database.run(`CREATE OR REPLACE TABLE cells AS SELECT ${[numbered, ...lists].join(", ")}`);
  return texts;
}

function textOf(value: Json | undefined, missing: ReadonlySet<string>): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return missing.has(value) ? null : value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A cast to whole numbers rounds without a word: where a number is not whole, its column is read as ingest reads it. */
function widened(expression: BoundExpression, texts: ReadonlyMap<string, readonly (string | null)[]>): BoundExpression {
  const reads = new Map(
    [...expression.reads].map(([name, type]) => {
      const isWhole =
        type !== "BIGINT" || texts.get(name)!.every((text) => text === null || /^\s*[+-]?\d+\s*$/.test(text));
      return [name, isWhole ? type : "DOUBLE"];
    }),
  );
  return { ...expression, reads };
}

interface Evaluated {
  readonly values: readonly Json[];
  readonly failed: readonly boolean[];
}

async function evaluate(database: Database, expression: BoundExpression, count: number): Promise<Evaluated> {
  if (count === 0) return { values: [], failed: [] };
  const { sql } = expression;
  const made = readable(expression);
  const read = (cells: readonly Cell[]): Json => asJson(cells[0]!, expression);
  try {
    const strict = `SELECT (${sql}\n) AS value, ${ROW} FROM (${rawRows(expression, "CAST")}) AS raw`;
    const rows = await database.rows(`SELECT ${made} FROM (${strict}) ORDER BY ${ROW}`);
    return { values: rows.map(read), failed: rows.map(() => false) };
  } catch {
    // Named once: DuckDB computes what stands twice outside of TRY.
    const tried = `SELECT TRY({'value': (${sql}\n)}) AS tried, ${BAD}, ${ROW} FROM (${rawRows(expression, "TRY_CAST")}) AS raw`;
    const gentle = `SELECT tried.value AS value, ${BAD} OR tried IS NULL AS failed, ${ROW} FROM (${tried})`;
    const rows = await database
      .rows(`SELECT ${made}, failed FROM (${gentle}) ORDER BY ${ROW}`)
      .catch((error: unknown) => {
        throw sqlError(
          `ingest.select.${expression.name}`,
          error,
          "use TRY_CAST to make values that cannot be converted missing",
        );
      });
    return {
      values: rows.map((row) => (row[1] === true ? null : read(row))),
      failed: rows.map((row) => row[1] === true),
    };
  }
}

/** Numbers as DOUBLE and dates as milliseconds, as a table holds them. */
function readable({ kind, type }: BoundExpression): string {
  const stored = storedExpression("value", type);
  if (kind === "category") return stored;
  return kind === "number" ? `CAST(${stored} AS DOUBLE)` : `epoch_us(CAST(${stored} AS TIMESTAMP)) / 1000.0`;
}

function asJson(cell: Cell, { kind }: BoundExpression): Json {
  if (cell === null || kind !== "date") return cell;
  const date = new Date(Number(cell));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function rawRows({ reads }: BoundExpression, cast: "CAST" | "TRY_CAST", where = ""): string {
  const casts = [...reads].map(([name, type]) => {
    const column = identifier(name);
    return { column, value: kindOf(storedType(type)) === "category" ? column : castExpression(column, type, cast) };
  });
  const items = casts.map(({ column, value }) => `${value} AS ${column}`);
  const bad = casts.map(({ column, value }) => `(${column} IS NOT NULL AND ${value} IS NULL)`);
  const wrong = cast === "CAST" ? [] : [`(${["false", ...bad].join(" OR ")}) AS ${BAD}`];
  return `SELECT ${[ROW, ...wrong, ...items].join(", ")} FROM cells ${where}`;
}

/** What DuckDB says of one row. */
async function reasonOf(database: Database, expression: BoundExpression, row: number): Promise<string> {
  const key = `ingest.select.${expression.name}`;
  const source = rawRows(expression, "CAST", `WHERE ${ROW} = ${row}`);
  try {
    await database.rows(`SELECT (${expression.sql}\n) AS value FROM (${source}) AS raw`);
  } catch (error) {
    return sqlError(key, error, "").message;
  }
  return notMade(expression.name);
}

function notMade(name: string): string {
  return `ingest.select.${name} cannot be made of this row`;
}
