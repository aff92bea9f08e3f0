/** Holds the table `result` against what the configuration expects of the data. */
import { MlctlError } from "../../core/errors.ts";
import { suggest } from "../../core/text/suggest.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import type { Cell, Database } from "../duckdb/duckdb.ts";
import { identifier, literal } from "../duckdb/sql.ts";

export interface ColumnExpectation {
  readonly min?: number;
  readonly max?: number;
  /** Largest share of rows without a value, 0 to 1. */
  readonly missingShare?: number;
  readonly unique?: boolean;
  /** The only values there may be; missing ones are `missingShare`'s matter. */
  readonly allowed?: readonly (string | number)[];
}

export interface Expectations {
  readonly minRows?: number;
  readonly maxRows?: number;
  readonly columns?: Readonly<Record<string, ColumnExpectation>>;
}

/** @throws {MlctlError} kind "data" with every broken expectation as a detail */
export async function checkExpectations(database: Database, expectations: Expectations): Promise<void> {
  const rows = Number((await database.rows("SELECT count(*) FROM result"))[0]![0]);
  const broken: string[] = [];
  if (rows < (expectations.minRows ?? 0)) broken.push(`${rows} rows, at least ${expectations.minRows} expected`);
  if (rows > (expectations.maxRows ?? Infinity)) broken.push(`${rows} rows, at most ${expectations.maxRows} expected`);
  const columns = await database.describe("SELECT * FROM result");
  for (const [name, expected] of Object.entries(expectations.columns ?? {})) {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) broken.push(`no column "${name}"${suggestion(name, columns)}`);
    else broken.push(...(await checkColumn(database, column, expected)));
  }
  if (broken.length === 0) return;
  const more = broken.length === 1 ? "" : ` (and ${broken.length - 1} more)`;
  throw new MlctlError("data", `the data breaks ingest.expect: ${broken[0]}${more}`, {
    details: broken,
    hint: "correct the files, leave the rows out with ingest.where, or change ingest.expect",
  });
}

function suggestion(name: string, columns: readonly { readonly name: string }[]): string {
  const close = suggest(
    name,
    columns.map((column) => column.name),
  );
  return close === undefined ? "" : `, did you mean "${close}"?`;
}

async function checkColumn(
  database: Database,
  column: { readonly name: string; readonly type: string },
  expected: ColumnExpectation,
): Promise<string[]> {
  const name = identifier(column.name);
  const broken: string[] = [];
  const said = `column "${column.name}"`;
  const one = async (sql: string): Promise<Cell> => (await database.rows(`SELECT ${sql} FROM result`))[0]![0]!;
  if (kindOf(column.type) === "number") {
    const present = `FILTER (NOT isnan(CAST(${name} AS DOUBLE)))`;
    const [low, high] = [await one(`min(${name}) ${present}`), await one(`max(${name}) ${present}`)];
    if (expected.min !== undefined && low !== null && Number(low) < expected.min) {
      broken.push(`${said} goes down to ${low}, at least ${expected.min} expected`);
    }
    if (expected.max !== undefined && high !== null && Number(high) > expected.max) {
      broken.push(`${said} goes up to ${high}, at most ${expected.max} expected`);
    }
  } else if (expected.min !== undefined || expected.max !== undefined) {
    broken.push(`${said} is ${kindOf(column.type) === "date" ? "a date" : "text"}, a number expected`);
  }
  if (expected.missingShare !== undefined) {
    const share = Number(await one(missingShare(column)));
    if (share > expected.missingShare) {
      broken.push(`${said} misses ${percent(share)} of its values, at most ${percent(expected.missingShare)} expected`);
    }
  }
  if (expected.unique === true) {
    const repeated = Number(await one(`count(${name}) - count(DISTINCT ${name})`));
    if (repeated > 0) broken.push(`${said} repeats ${repeated} values, unique ones expected`);
  }
  if (expected.allowed !== undefined) {
    const list = expected.allowed.map((value) => literal(String(value))).join(", ");
    const type = kindOf(column.type) === "number" ? "DOUBLE" : "VARCHAR";
    const among = `CAST(${name} AS ${type}) NOT IN (SELECT CAST(unnest([${list}]) AS ${type}))`;
    const odd = await one(`min(CAST(${name} AS VARCHAR)) FILTER (${among})`);
    if (odd !== null) broken.push(`${said} holds "${odd}", only ${expected.allowed.join(", ")} expected`);
  }
  return broken;
}

function missingShare(column: { readonly name: string; readonly type: string }): string {
  const name = identifier(column.name);
  const lost = kindOf(column.type) === "number" ? `OR isnan(CAST(${name} AS DOUBLE))` : "";
  return `coalesce(avg(CASE WHEN ${name} IS NULL ${lost} THEN 1.0 ELSE 0.0 END), 0)`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
