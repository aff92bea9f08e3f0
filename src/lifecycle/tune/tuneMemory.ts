/** Trials of earlier searches: reuses those of the same key, saves new ones (in a journal, then in a record), lists all. */
import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import type { SearchRecord, TrialRecord, UnfinishedSearch } from "../../core/records/search.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { Trial } from "../../pipeline/search/race.ts";
import { pointText } from "../../pipeline/search/space.ts";
import { searchJournal, searchJournals } from "../../storage/records/work.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import type { Session } from "../session.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

interface Searched {
  readonly dataset: Dataset;
  readonly task: SearchRecord["task"];
  /** Ignores and deletes the trials of earlier searches. */
  readonly fresh: boolean;
  readonly hasEnd: boolean;
}

/** @returns `record` keeps all trials in a record, and deletes the journal */
export function rememberedTrials(session: Session, search: PlannedSearch, { fresh, hasEnd, ...searched }: Searched) {
  const { context, paths, store } = session;
  const { key } = search;
  const journal = searchJournal(paths.models, key);
  if (fresh) journal.remove();
  const known = trialsIn([...(fresh ? [] : recordedTrials(store, key)), ...journal.lines()]);
  const head = headOf(session, search, searched);
  const now = (): string => context.now().toISOString();
  let isBegun = false;
  return {
    known,
    add(trial: Trial) {
      const begun = { ...head, createdAt: now(), planned: hasEnd ? search.trials : null };
      if (!isBegun) journal.append(begun as unknown as JsonObject);
      isBegun = true;
      journal.append(trial as unknown as JsonObject);
    },
    async record({ trials, ...own }: Pick<SearchRecord, "trainId" | "bestTrial"> & { trials: readonly Trial[] }) {
      const searchId = createHash("sha256").update(`${key} ${own.trainId}`).digest("hex").slice(0, 12);
      const all = { ...head, searchId, createdAt: now(), ...own, trials: withIds(trials, searchId) };
      await saveRecord(session, all);
      journal.remove();
    },
  };
}

function recordedTrials(store: Session["store"], key: string): JsonObject[] {
  return store.searches(key).flatMap(({ trials }) => trials as unknown as JsonObject[]);
}

function trialsIn(lines: readonly JsonObject[]): Map<number, Trial> {
  return new Map(lines.filter(isTrial).map((trial) => [trial.number, trial]));
}

function withIds(trials: readonly Trial[], searchId: string): TrialRecord[] {
  return trials.map((trial) => ({ ...trial, trialId: `${searchId}.${trial.number}` }));
}

/** Searches that run or were stopped, from their journals, with the trials of the same search that are recorded. */
export function unfinishedSearches({ paths, store }: Pick<Session, "paths" | "store">): UnfinishedSearch[] {
  return searchJournals(paths.models).flatMap((key) => {
    const lines = searchJournal(paths.models, key).lines();
    // Written by this program; a journal of an earlier version has none.
    const head = lines.findLast(({ kind }) => kind === "search") as unknown as UnfinishedSearch | undefined;
    if (head === undefined) return [];
    const trials = withIds([...trialsIn([...recordedTrials(store, key), ...lines]).values()], key);
    const best = bestFirst([{ ...head, trials }])[0];
    const bestTrial = best?.status === "finished" ? best.number : -1;
    return [{ ...head, searchId: key, trainId: null, bestTrial, trials }];
  });
}

const isValue = (each: unknown): boolean => each === null || Number.isFinite(each);

/** Checks the keys that are read here. */
function isTrial(line: JsonObject): line is JsonObject & Trial {
  const { number, params, status, steps, value, seconds } = line;
  const isKnown = ["finished", "pruned", "failed"].includes(String(status)) && Number.isInteger(number);
  if (!isKnown || !isObject(params) || pointText(params as JsonObject) === "") return false;
  return Array.isArray(steps) && steps.every(isValue) && isValue(value) && Number.isFinite(seconds);
}

function headOf(
  { codeVersion, configSha256 }: Session,
  { plan, subject, foldMethod, key }: PlannedSearch,
  { dataset, task }: Pick<Searched, "dataset" | "task">,
) {
  const { family, featureSet, metric, params, seed } = subject.candidate;
  return {
    kind: "search" as const,
    task,
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
    configSha256: configSha256(),
    codeVersion,
  };
}

type Search = SearchRecord | UnfinishedSearch;

export interface ListedTrial
  extends TrialRecord, Pick<Search, "createdAt" | "trainId" | "family" | "featureSet" | "metric"> {}

export type TrialList = ReturnType<typeof trialList>;

/** Searches that have not ended, then the newest tuning; within one tuning, the trials of all its searches, best first. */
export function trialList(session: Session, { family, limit }: { family?: string | undefined; limit: number }) {
  const isAsked = (search: Search): boolean => family === undefined || search.family === family;
  const unfinished = unfinishedSearches(session).filter(isAsked);
  const tunings = Map.groupBy<string | null, Search>(
    [...unfinished, ...session.store.searches().filter(isAsked)],
    ({ trainId }) => trainId,
  );
  const all = [...tunings.values()].flatMap(bestFirst);
  if (all.length === 0 && family !== undefined) findEstimator(family);
  return { trials: all.slice(0, limit), more: Math.max(0, all.length - limit), unfinished: unfinished.map(savedOf) };
}

function savedOf({ key, family, featureSet, planned, trials }: UnfinishedSearch) {
  return { key, family, featureSet, trials: trials.length, planned };
}

function bestFirst(searches: readonly Search[]): ListedTrial[] {
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
