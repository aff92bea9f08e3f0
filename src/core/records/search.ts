/** SearchRecord: one hyperparameter search with all its trials. */
import type { Json } from "../json.ts";
import type { Run } from "./lineage.ts";

/** One set of parameters and its cross-validation scores on the training set; keeps no model. */
export interface TrialRecord {
  readonly trialId: string;
  readonly number: number;
  /** "pruned": stopped before all folds were evaluated. */
  readonly status: "finished" | "pruned" | "failed";
  readonly params: Readonly<Record<string, Json>>;
  /** The aggregated metric after one fold, two folds, …; null if undefined. */
  readonly steps: readonly (number | null)[];
  readonly value: number | null;
  readonly seconds: number;
  readonly error?: string;
}

/** A search that runs or was stopped; `createdAt` is when it began, `searchId` its key, `bestTrial` is -1 without any. */
export interface UnfinishedSearch extends Omit<SearchRecord, "trainId"> {
  readonly trainId: null;
  /** Null for a search that ends with a time. */
  readonly planned: number | null;
}

/** What a search shares with the run that is trained with its best parameters. */
type Shared = "createdAt" | "trainId" | "task" | "family" | "featureSet" | "metric" | "seed" | "params" | Version;
type Version = "datasetSha256" | "configSha256" | "codeVersion";

export interface SearchRecord extends Pick<Run, Shared> {
  readonly kind: "search";
  readonly searchId: string;
  /** Equal for the same dataset, settings and seed, so that an interrupted search can continue. */
  readonly key: string;
  readonly method: string;
  readonly folds: number;
  readonly foldMethod: string;
  readonly bestTrial: number;
  readonly trials: readonly TrialRecord[];
}
