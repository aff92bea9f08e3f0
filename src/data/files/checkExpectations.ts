/** Checks the table `result` against `ingest.expect`. */
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import { percent } from "../../core/text/format.ts";
import { present } from "../../core/text/present.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import type { Cell, Database } from "../duckdb/duckdb.ts";
import { identifier } from "../duckdb/sql.ts";

interface ColumnExpectation {
  readonly min?: number;
  readonly max?: number;
  /** Maximum share of missing values, 0 to 1. */
  readonly missingShare?: number;
}

export interface Expectations {
  readonly minRows?: number;
  readonly columns?: Readonly<Record<string, ColumnExpectation>>;
}

/** @throws {MlctlError} kind "data", with every violated expectation in its details */
export async function checkExpectations(database: Database, expectations: Expectations): Promise<void> {
  const rows = Number((await database.rows("SELECT count(*) FROM result"))[0]![0]);
  const violations: string[] = [];
  if (rows < (expectations.minRows ?? 0)) violations.push(`${rows} rows, expected at least ${expectations.minRows}`);
  const columns = await database.describe("SELECT * FROM result");
  for (const [name, expected] of Object.entries(expectations.columns ?? {})) {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      const names = columns.map((known) => known.name);
      violations.push(present([`no column "${name}"`, didYouMean(name, names)]).join(", "));
    } else violations.push(...(await checkColumn(database, column, expected)));
  }
  if (violations.length === 0) return;
  const more = violations.length === 1 ? "" : ` (and ${violations.length - 1} more)`;
  throw new MlctlError("data", `the data violates ingest.expect: ${violations[0]}${more}`, {
    details: violations,
    hint: "correct the files, exclude the rows with ingest.where, or change ingest.expect",
  });
}

async function checkColumn(database: Database, column: DatasetColumn, expected: ColumnExpectation): Promise<string[]> {
  const name = identifier(column.name);
  const kind = kindOf(column.type);
  const subject = `column "${column.name}"`;
  const { min, max, missingShare } = expected;
  const violations: string[] = [];
  const one = async (sql: string): Promise<Cell> => (await database.rows(`SELECT ${sql} FROM result`))[0]![0]!;
  if (kind === "number") {
    const filled = `FILTER (NOT isnan(CAST(${name} AS DOUBLE)))`;
    const [low, high] = [await one(`min(${name}) ${filled}`), await one(`max(${name}) ${filled}`)];
    if (min !== undefined && low !== null && Number(low) < min)
      violations.push(`${subject} has minimum ${low}, expected at least ${min}`);
    if (max !== undefined && high !== null && Number(high) > max)
      violations.push(`${subject} has maximum ${high}, expected at most ${max}`);
  } else if (min !== undefined || max !== undefined)
    violations.push(`${subject} contains ${kind === "date" ? "dates" : "text"}, expected numbers`);
  if (missingShare !== undefined) {
    const orNaN = kind === "number" ? `OR isnan(CAST(${name} AS DOUBLE))` : "";
    const share = Number(await one(`coalesce(avg(CASE WHEN ${name} IS NULL ${orNaN} THEN 1.0 ELSE 0.0 END), 0)`));
    if (share > missingShare)
      violations.push(`${subject} has ${percent(share)} missing values, expected at most ${percent(missingShare)}`);
  }
  return violations;
}
