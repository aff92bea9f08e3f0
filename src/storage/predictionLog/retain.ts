/** Takes the oldest predictions out of a log that is too old, too long or too large. */
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import type { Retention } from "./loggedRow.ts";

/** Short transactions, so that other processes get their turn. */
const ROWS_AT_A_TIME = 5000;

/** Of the file, so that a log at its limit is not shortened row by row. */
const SHARE_TO_FREE = 0.05;

const DAY_MILLISECONDS = 86_400_000;

/**
 * Labels go with their predictions; the file shrinks.
 * @param now milliseconds since 1970
 * @returns how many predictions went
 */
export function retain(database: SqliteDatabase, { days, rows, bytes }: Retention, now: number): number {
  let gone = 0;
  if (days !== null) gone += removeBefore(database, now - days * DAY_MILLISECONDS);
  if (rows !== null) gone += removeUpTo(database, seqBeyond(database, rows));
  if (bytes !== null) gone += shrink(database, bytes);
  if (gone > 0) database.pragma("incremental_vacuum");
  return gone;
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

/** The newest row that is too old: rows are numbered as they come, and the oldest go first, so that there are no gaps. */
function seqBeyond(database: SqliteDatabase, count: number): number {
  return (ends(database)?.highest ?? 0) - count;
}

function ends(database: SqliteDatabase): { lowest: number; highest: number } | undefined {
  // Two queries in one: asked for together, SQLite would read every row.
  const sql = "SELECT (SELECT min(seq) FROM predictions) AS lowest, (SELECT max(seq) FROM predictions) AS highest";
  const { lowest, highest } = database.prepare(sql).get() as { lowest: number | null; highest: number | null };
  return lowest === null || highest === null ? undefined : { lowest, highest };
}

function shrink(database: SqliteDatabase, bytes: number): number {
  let gone = 0;
  for (let used = usedBytes(database); used > bytes; used = usedBytes(database)) {
    const found = ends(database);
    if (found === undefined) break;
    const share = Math.min(1, 1 - bytes / used + SHARE_TO_FREE);
    const removed = removeUpTo(database, found.lowest + Math.ceil((found.highest - found.lowest + 1) * share) - 1);
    gone += removed;
    if (removed === 0) break;
  }
  return gone;
}

/** Of the pages that hold something; those of the write-ahead log come and go. */
function usedBytes(database: SqliteDatabase): number {
  const number = (name: string): number => database.pragma(name, { simple: true }) as number;
  return (number("page_count") - number("freelist_count")) * number("page_size");
}
