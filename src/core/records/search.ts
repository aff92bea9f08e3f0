/** SearchRecord: one hyperparameter search with all its trials. */
import type { Json } from "../json.ts";
import type { Task } from "../table/table.ts";

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

export interface SearchRecord {
  readonly kind: "search";
  readonly searchId: string;
  readonly createdAt: string;
  readonly trainId: string;
  /** Equal for the same dataset, settings and seed, so that an interrupted search can continue. */
  readonly key: string;
  readonly task: Task;
  readonly family: string;
  readonly featureSet: string;
  readonly metric: string;
  readonly method: string;
  readonly folds: number;
  readonly foldMethod: string;
  readonly seed: number;
  readonly params: Readonly<Record<string, Json>>;
  readonly datasetSha256: string;
  readonly configSha256: string;
  readonly codeVersion: string;
  readonly bestTrial: number;
  readonly trials: readonly TrialRecord[];
}
