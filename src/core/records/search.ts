/** SearchRecord: what one search tried, all its trials in one file. */
import type { Json } from "../json.ts";
import type { Task } from "../task.ts";

/** One point and what folds of the training part said of it: a run that keeps no model. */
export interface TrialRecord {
  /** "<search id>.<number>" */
  readonly trialId: string;
  readonly number: number;
  /** "pruned": given up before all folds had judged it. */
  readonly status: "finished" | "pruned" | "failed";
  readonly params: Readonly<Record<string, Json>>;
  /** The metric after one fold, two, …; null where it is undefined. */
  readonly steps: readonly (number | null)[];
  /** The mean over the folds that judged it. */
  readonly value: number | null;
  readonly seconds: number;
  readonly error?: string;
}

export interface SearchRecord {
  readonly kind: "search";
  readonly searchId: string;
  readonly createdAt: string;
  /** The training that went on with its best point. */
  readonly trainId: string;
  /** The same for the same dataset, settings and seed. */
  readonly key: string;
  readonly task: Task;
  readonly family: string;
  readonly featureSet: string;
  readonly metric: string;
  readonly method: string;
  readonly folds: number;
  readonly foldMethod: string;
  readonly seed: number;
  /** Parameters that were not searched for. */
  readonly params: Readonly<Record<string, Json>>;
  readonly datasetSha256: string;
  readonly configSha256: string;
  readonly codeVersion: string;
  readonly bestTrial: number;
  readonly trials: readonly TrialRecord[];
}
