/** The trials of a search, in a table of their own: they would drown the runs that a leaderboard is made of. */
import type { SearchRecord } from "../../core/records/search.ts";
import type { Execute } from "./execute.ts";

export function indexSearch(execute: Execute, search: SearchRecord): void {
  const { searchId, createdAt, trainId, key, family, featureSet, metric, method, trials } = search;
  execute("DELETE FROM searches WHERE search_id = ?", searchId);
  execute(
    "INSERT INTO searches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    searchId,
    createdAt,
    trainId,
    key,
    family,
    featureSet,
    metric,
    method,
    JSON.stringify(search),
  );
  for (const trial of trials) {
    const { number, status, value, seconds, params } = trial;
    execute(
      "INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?, ?)",
      searchId,
      number,
      `${searchId}.${number}`,
      status,
      value,
      seconds,
      JSON.stringify(params),
    );
  }
}
