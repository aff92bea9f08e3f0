/** Trials of earlier searches: reuses those of the same key, saves new ones (in a journal, then in a record), lists all. */
import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import type { SearchRecord, TrialRecord } from "../../core/records/search.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { Trial } from "../../pipeline/search/race.ts";
import { pointText } from "../../pipeline/search/space.ts";
import { searchJournal } from "../../storage/records/work.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import type { Session } from "../session.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

/**
 * @param fresh ignores and deletes the trials of earlier searches
 * @returns `forget` deletes the journal; call it once a record contains all trials
 */
export function rememberedTrials({ paths, store }: Session, { key }: PlannedSearch, fresh: boolean) {
  const journal = searchJournal(paths.models, key);
  if (fresh) journal.remove();
  const recorded = fresh ? [] : store.searches(key).flatMap(({ trials }) => trials as unknown as JsonObject[]);
  const known = new Map<number, Trial>();
  for (const line of [...recorded, ...journal.lines()]) if (isTrial(line)) known.set(line.number, line);
  return {
    known,
    add: (trial: Trial) => journal.append(trial as unknown as JsonObject),
    forget: () => journal.remove(),
  };
}

const isValue = (each: unknown): boolean => each === null || Number.isFinite(each);

/** Checks the keys that are read here. */
function isTrial(line: JsonObject): line is JsonObject & Trial {
  const { number, params, status, steps, value, seconds } = line;
  const isKnown = ["finished", "pruned", "failed"].includes(String(status)) && Number.isInteger(number);
  if (!isKnown || !isObject(params) || pointText(params as JsonObject) === "") return false;
  return Array.isArray(steps) && steps.every(isValue) && isValue(value) && Number.isFinite(seconds);
}

export async function recordSearch(
  session: Session,
  { plan, subject, foldMethod, key }: PlannedSearch,
  given: Pick<SearchRecord, "task" | "trainId" | "bestTrial"> & { dataset: Dataset; trials: readonly Trial[] },
): Promise<void> {
  const { trials, dataset, ...own } = given;
  const { family, featureSet, metric, params, seed } = subject.candidate;
  const searchId = createHash("sha256").update(`${key} ${own.trainId}`).digest("hex").slice(0, 12);
  await saveRecord(session, {
    kind: "search",
    searchId,
    createdAt: session.context.now().toISOString(),
    ...own,
    key,
    family,
    featureSet,
    metric,
    params,
    seed,
    foldMethod,
    method: plan.method,
    folds: plan.folds,
    datasetSha256: dataset.artifact.sha256,
    configSha256: session.configSha256(),
    codeVersion: session.codeVersion,
    trials: trials.map((trial) => ({ ...trial, trialId: `${searchId}.${trial.number}` })),
  });
}

export interface ListedTrial
  extends TrialRecord, Pick<SearchRecord, "createdAt" | "trainId" | "family" | "featureSet" | "metric"> {}

export type TrialList = ReturnType<typeof trialList>;

/** Newest tuning first; within one tuning, the trials of all its searches, best first. */
export function trialList(
  { store }: Session,
  { family, limit }: { readonly family?: string | undefined; readonly limit: number },
) {
  const searches = store.searches().filter((search) => family === undefined || search.family === family);
  const trainIds = [...new Set(searches.map(({ trainId }) => trainId))];
  const all = trainIds.flatMap((trainId) => ranked(searches.filter((search) => search.trainId === trainId)));
  return { trials: all.slice(0, limit), more: Math.max(0, all.length - limit) };
}

function ranked(searches: readonly SearchRecord[]): ListedTrial[] {
  const [first] = searches;
  const sign = findMetric(first!.metric, first!.task).greaterIsBetter ? -1 : 1;
  // Infinity − Infinity would be no number.
  const loss = ({ status, value }: TrialRecord): number =>
    status === "finished" && value !== null ? sign * value : Number.MAX_VALUE;
  return searches
    .flatMap(({ createdAt, trainId, family, featureSet, metric, trials }) =>
      trials.map((trial) => ({ ...trial, createdAt, trainId, family, featureSet, metric })),
    )
    .toSorted((a, b) => loss(a) - loss(b));
}
