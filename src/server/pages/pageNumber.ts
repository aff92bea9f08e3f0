/** The page that a query asks for, from 0. */

/** Beyond it nobody leafs, and SQLite would count rows for long. */
const MOST = 10_000;

export function pageNumber(query: URLSearchParams): number {
  const page = Number(query.get("page") ?? "0");
  return Number.isInteger(page) && page > 0 ? Math.min(page, MOST) : 0;
}
