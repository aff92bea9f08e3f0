/** Saves a search and all its trials as one record. */
import { createHash } from "node:crypto";
import type { Dataset } from "../../core/records/dataset.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { Task } from "../../core/task.ts";
import type { Trial } from "../../pipeline/search/trial.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import type { Session } from "../session.ts";
import type { PlannedSearch } from "./tuneSearches.ts";

export interface FinishedSearch {
  readonly search: PlannedSearch;
  readonly trials: readonly Trial[];
  readonly bestTrial: number;
}

export interface SearchContext {
  readonly dataset: Dataset;
  readonly task: Task;
  readonly trainId: string;
}

export function recordSearch(
  session: Session,
  { search, trials, bestTrial }: FinishedSearch,
  context: SearchContext,
): void {
  const { plan, subject, foldMethod, key } = search;
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
    configSha256: session.configSha256,
    codeVersion: session.codeVersion,
    bestTrial,
    trials: trials.map((trial) => ({ ...trial, trialId: `${searchId}.${trial.number}` })),
  };
  saveRecord(session.paths, session.store, record);
}
