/** Indexes searches. Trials have their own table, so that they do not appear among the runs of a leaderboard. */
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
