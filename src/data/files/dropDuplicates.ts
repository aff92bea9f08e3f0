/** Finds duplicate rows of the table `result`, and removes them if asked; the other rows keep their order. */
import type { Database } from "../duckdb/duckdb.ts";
import { identifier } from "../duckdb/sql.ts";

export async function dropDuplicates(database: Database, keep: "first" | "last"): Promise<number> {
  const count = await countDuplicates(database, keep);
  await database.run("DELETE FROM result WHERE rowid IN (SELECT position FROM copies)");
  return count;
}

/**
 * Two missing values count as equal. Rows are grouped by a 64-bit hash first and compared value by value only if their
 * hashes are equal: exact, and as fast with 10,000 columns as with ten.
 * @returns number of rows that equal another row that comes first, or last
 */
export async function countDuplicates(database: Database, keep: "first" | "last" = "first"): Promise<number> {
  const columns = await database.describe("SELECT * FROM result");
  const names = columns.map((column) => identifier(column.name)).join(", ");
  await database.run(`CREATE TEMP TABLE hashes AS SELECT rowid AS position, hash(${names}) AS hash FROM result`);
  await database.run(
    "CREATE TEMP TABLE suspects AS SELECT position FROM hashes WHERE hash IN (SELECT hash FROM hashes GROUP BY hash HAVING count(*) > 1)",
  );
  const kept = keep === "first" ? "min(rowid)" : "max(rowid)";
  const among = "FROM (SELECT rowid, result AS whole FROM result WHERE rowid IN (SELECT position FROM suspects))";
  await database.run(
    `CREATE TEMP TABLE copies AS SELECT position FROM suspects WHERE position NOT IN (SELECT ${kept} ${among} GROUP BY whole)`,
  );
  const count = await database.rows("SELECT count(*) FROM copies");
  return Number(count[0]![0]);
}
