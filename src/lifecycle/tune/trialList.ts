/** Lists the trials of recorded searches. */
import type { SearchRecord, TrialRecord } from "../../core/records/search.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { Session } from "../session.ts";

export interface ListedTrial
  extends TrialRecord, Pick<SearchRecord, "createdAt" | "trainId" | "family" | "featureSet" | "metric"> {}

export interface TrialList {
  readonly trials: readonly ListedTrial[];
  /** Number of trials beyond the limit. */
  readonly more: number;
}

/** Newest tuning first; within one tuning, the trials of all its searches, best first. */
export function trialList(
  { store }: Session,
  { family, limit }: { readonly family?: string | undefined; readonly limit: number },
): TrialList {
  const searches = store.searches().filter((search) => family === undefined || search.family === family);
  const trainIds = [...new Set(searches.map(({ trainId }) => trainId))];
  const all = trainIds.flatMap((trainId) => ranked(searches.filter((search) => search.trainId === trainId)));
  return { trials: all.slice(0, limit), more: Math.max(0, all.length - limit) };
}

function ranked(searches: readonly SearchRecord[]): ListedTrial[] {
  const [first] = searches;
  const sign = findMetric(first!.metric, first!.task).greaterIsBetter ? -1 : 1;
  const loss = ({ status, value }: TrialRecord): number =>
    status === "finished" && value !== null ? sign * value : Infinity;
  return searches
    .flatMap(({ createdAt, trainId, family, featureSet, metric, trials }) =>
      trials.map((trial) => ({ ...trial, createdAt, trainId, family, featureSet, metric })),
    )
    .toSorted((a, b) => (loss(a) === loss(b) ? 0 : loss(a) < loss(b) ? -1 : 1));
}
