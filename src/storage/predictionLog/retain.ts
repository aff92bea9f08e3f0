/** Applies the retention: deletes the oldest predictions from the log by age, row count and file size. */
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import type { Retention } from "./loggedRow.ts";

/** Keeps transactions short, so that other processes can write in between. */
const ROWS_AT_A_TIME = 5000;

/** Additional share of the file to free, so that a log at its limit is not shortened row by row. */
const SHARE_TO_FREE = 0.05;

/**
 * Deletes labels with their predictions, and shrinks the file.
 * @param now milliseconds since 1970
 * @returns the number of deleted predictions
 */
export function retain(database: SqliteDatabase, { days, rows, bytes }: Retention, now: number): number {
  let removed = 0;
  if (days !== null) removed += removeBefore(database, now - days * MILLISECONDS_A_DAY);
  // Rows are numbered in the order of writing and the oldest are deleted first, so there are no gaps.
  if (rows !== null) removed += removeUpTo(database, (ends(database)?.highest ?? 0) - rows);
  if (bytes !== null) removed += shrink(database, bytes);
  if (removed > 0) database.pragma("incremental_vacuum");
  return removed;
}

function removeBefore(database: SqliteDatabase, at: number): number {
  const remove = database.prepare(
    "DELETE FROM predictions WHERE seq IN (SELECT seq FROM predictions WHERE at < ? ORDER BY at LIMIT ?)",
  );
  return repeated(() => remove.run(at, ROWS_AT_A_TIME).changes);
}

function removeUpTo(database: SqliteDatabase, seq: number): number {
  const remove = database.prepare(
    "DELETE FROM predictions WHERE seq IN (SELECT seq FROM predictions WHERE seq <= ? ORDER BY seq LIMIT ?)",
  );
  return repeated(() => remove.run(seq, ROWS_AT_A_TIME).changes);
}

function repeated(some: () => number): number {
  let [sum, changes] = [0, 0];
  do sum += changes = some();
  while (changes > 0);
  return sum;
}

function ends(database: SqliteDatabase): { lowest: number; highest: number } | undefined {
  // Two subqueries: in one SELECT with min and max, SQLite would read every row.
  const sql = "SELECT (SELECT min(seq) FROM predictions) AS lowest, (SELECT max(seq) FROM predictions) AS highest";
  const { lowest, highest } = database.prepare(sql).get() as { lowest: number | null; highest: number | null };
  return lowest === null || highest === null ? undefined : { lowest, highest };
}

function shrink(database: SqliteDatabase, bytes: number): number {
  let removed = 0;
  for (let used = usedBytes(database); used > bytes; used = usedBytes(database)) {
    const found = ends(database);
    if (found === undefined) break;
    const share = Math.min(1, 1 - bytes / used + SHARE_TO_FREE);
    const changes = removeUpTo(database, found.lowest + Math.ceil((found.highest - found.lowest + 1) * share) - 1);
    removed += changes;
    if (changes === 0) break;
  }
  return removed;
}

/** Bytes of the pages in use, without the write-ahead log. */
function usedBytes(database: SqliteDatabase): number {
  const number = (name: string): number => database.pragma(name, { simple: true }) as number;
  return (number("page_count") - number("freelist_count")) * number("page_size");
}
