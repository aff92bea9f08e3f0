/** Records that were written while the machine's clock was ahead, e.g. at 2036: they must not be the newest for years. */
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";

/** A clock that was set back, or another machine's clock, may differ by this much: then the records keep their order. */
export const MAX_AHEAD_MILLISECONDS = MILLISECONDS_A_DAY;

export interface DatedAhead {
  readonly count: number;
  readonly newest: string;
}

const ties = { datasets: "dataset_id DESC", runs: "rank, run_id" } as const;

/** An ORDER BY clause: the newest first, and last those that are dated ahead. */
export function newestFirst(database: SqliteDatabase, table: keyof typeof ties): string {
  const limit = latestPossible();
  const sql = `SELECT EXISTS (SELECT 1 FROM ${table} WHERE created_at > ?)`;
  // Only if there are any, because SQLite has no index for this order.
  const hasAhead = database.prepare(sql).pluck().get(limit) === 1;
  return `ORDER BY ${hasAhead ? `created_at > '${limit}', ` : ""}created_at DESC, ${ties[table]}`;
}

/** Terms of ORDER BY for monitored windows, the newest first, and last those that were judged ahead of time. */
export function newestWindowsFirst(): string {
  return `created_at > '${latestPossible()}', coalesce(window_end, created_at) DESC, created_at DESC, monitor_id`;
}

export function datedAhead(database: SqliteDatabase): DatedAhead | undefined {
  const tables = ["datasets", "runs", "monitorings"].map((table) => `SELECT created_at AS at FROM ${table}`);
  const all = [...tables, "SELECT deployed_at AS at FROM deployments"].join(" UNION ALL ");
  const sql = `SELECT count(*) AS count, max(at) AS newest FROM (${all}) WHERE at > ?`;
  const found = database.prepare<unknown[], DatedAhead>(sql).get(latestPossible())!;
  return found.count === 0 ? undefined : found;
}

function latestPossible(): string {
  return new Date(Date.now() + MAX_AHEAD_MILLISECONDS).toISOString();
}
