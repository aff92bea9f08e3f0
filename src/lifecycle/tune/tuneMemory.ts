/** Reuses the trials of an earlier search with the same key, and saves new ones: first in a journal, then in a record. */
import { createHash } from "node:crypto";
import type { JsonObject } from "../../core/json.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { Trial } from "../../pipeline/search/race.ts";
import { pointText } from "../../pipeline/search/space.ts";
import { searchJournal } from "../../storage/records/searchJournal.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import type { Session } from "../session.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

export interface TrialMemory {
  readonly known: ReadonlyMap<number, Trial>;
  add(trial: Trial): void;
  /** Deletes the journal; call it once a record contains all trials. */
  forget(): void;
}

/** @param fresh ignores and deletes the trials of earlier searches */
export function rememberedTrials({ paths, store }: Session, { key }: PlannedSearch, fresh: boolean): TrialMemory {
  const journal = searchJournal(paths.models, key);
  if (fresh) journal.remove();
  const recorded = fresh ? [] : store.searches(key).flatMap(({ trials }) => trials as unknown as JsonObject[]);
  const known = new Map<number, Trial>();
  for (const line of [...recorded, ...journal.lines()]) if (isTrial(line)) known.set(line.number, line);
  return {
    known,
    add: (trial) => journal.append(trial as unknown as JsonObject),
    forget: () => journal.remove(),
  };
}

/** Checks the keys that are read here. */
function isTrial(line: JsonObject): line is JsonObject & Trial {
  const { number, params, status, steps, value, seconds } = line;
  return (
    Number.isInteger(number) &&
    typeof params === "object" &&
    params !== null &&
    pointText(params as JsonObject) !== "" &&
    ["finished", "pruned", "failed"].includes(String(status)) &&
    Array.isArray(steps) &&
    steps.every(isValue) &&
    isValue(value) &&
    Number.isFinite(seconds)
  );
}

function isValue(each: unknown): boolean {
  return each === null || Number.isFinite(each);
}

/** Saves a search and all its trials as one record. */
export async function recordSearch(
  session: Session,
  { plan, subject, foldMethod, key }: PlannedSearch,
  {
    trials,
    ...context
  }: Pick<SearchRecord, "task" | "trainId" | "bestTrial"> & { dataset: Dataset; trials: readonly Trial[] },
): Promise<void> {
  const { family, featureSet, metric, params, seed } = subject.candidate;
  const searchId = createHash("sha256").update(`${key} ${context.trainId}`).digest("hex").slice(0, 12);
  const record: SearchRecord = {
    kind: "search",
    searchId,
    createdAt: session.context.now().toISOString(),
    trainId: context.trainId,
    key,
    task: context.task,
    family,
    featureSet,
    metric,
    method: plan.method,
    folds: plan.folds,
    foldMethod,
    seed,
    params,
    datasetSha256: context.dataset.artifact.sha256,
    configSha256: session.configSha256(),
    codeVersion: session.codeVersion,
    bestTrial: context.bestTrial,
    trials: trials.map((trial) => ({ ...trial, trialId: `${searchId}.${trial.number}` })),
  };
  await saveRecord(session, record);
}
