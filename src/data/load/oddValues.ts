/** The few values that keep a column from being numbers or dates, and the setting that makes them missing ones. */
import { type Database, identifier } from "../duckdb/duckdb.ts";
import type { OddValues, ReadOptions } from "../readOptions.ts";

/** More different values than these are not listed as values that mean "missing". */
export const MAX_WORDS = 5;

/** In a column of numbers or dates, up to two words, each repeated, in at most this share of the cells mean "missing". */
const MISSING_SHARE = 0.02;

export function meanMissing({ words, count }: OddValues, present: number): boolean {
  const areRepeated = words.length <= 2 && count >= 2 * words.length && count <= MISSING_SHARE * present;
  return areRepeated && words.every((word) => !/\d/.test(word));
}

/** The line of config.json that makes the words mean "missing", besides those that do. */
export function missingLine({ nullValues = [] }: ReadOptions, words: readonly string[]): string {
  // What contains a comma could be two cells, so it cannot stand for a missing one.
  const all = [...new Set(["", ...nullValues, ...words.filter((word) => !word.includes(","))])].map((word) =>
    JSON.stringify(word),
  );
  return `set "ingest": {"null_values": [${all.join(", ")}]} in config.json`;
}

/** The values of the rows that meet `condition`. */
export async function oddValues(
  database: Database,
  table: string,
  value: string,
  condition: string,
): Promise<OddValues> {
  const found = await database.rows(
    `SELECT CAST(${value} AS VARCHAR), sum(count(*)) OVER () FROM ${identifier(table)} WHERE ${condition} GROUP BY 1 ORDER BY min(rowid) LIMIT ${MAX_WORDS + 1}`,
  );
  return { words: found.map(([word]) => String(word)), count: Number(found[0]?.[1] ?? 0) };
}
