/** Checks the table `result` against `ingest.expect`. */
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { counted, percent, present } from "../../core/text/format.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import { type Database, identifier } from "../duckdb/duckdb.ts";

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
  if (rows < (expectations.minRows ?? 0))
    violations.push(`${counted(rows, "row")}, expected at least ${expectations.minRows}`);
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
  const isMissing = `(${name} IS NULL${kind === "number" ? ` OR isnan(CAST(${name} AS DOUBLE))` : ""})`;
  const items = `min(${name}) FILTER (NOT ${isMissing}), max(${name}) FILTER (NOT ${isMissing}), avg(CASE WHEN ${isMissing} THEN 1.0 ELSE 0.0 END)`;
  const [[low = null, high = null, share = null] = []] = await database.rows(`SELECT ${items} FROM result`);
  const violations: string[] = [];
  if (kind !== "number" && (min ?? max) !== undefined)
    violations.push(`${subject} contains ${kind === "date" ? "dates" : "text"}, expected numbers`);
  else if (low !== null && min !== undefined && Number(low) < min)
    violations.push(`${subject} has minimum ${low}, expected at least ${min}`);
  if (kind === "number" && high !== null && max !== undefined && Number(high) > max)
    violations.push(`${subject} has maximum ${high}, expected at most ${max}`);
  if (missingShare !== undefined && Number(share) > missingShare)
    violations.push(
      `${subject} has ${percent(Number(share))} missing values, expected at most ${percent(missingShare)}`,
    );
  return violations;
}
