/** Run: one trained model and what went into it, as MLflow means it. */
import type { Artifact } from "./artifact.ts";
import type { Json } from "../json.ts";
import type { Task } from "../task.ts";

export type RunStatus = "RUNNING" | "FINISHED" | "FAILED" | "KILLED";

/** One class of the test rows by itself. */
export interface ClassScore {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of that class. */
  readonly support: number;
}

/** The metrics of one model on the test data. */
export interface ScoreRecord {
  readonly createdAt: string;
  readonly metric: string;
  /** Null where it is undefined. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** 95 % bootstrap interval of each metric; null where it is undefined. */
  readonly intervals: Readonly<Record<string, readonly [number, number] | null>>;
  /** The baseline family, fitted on the same training rows, judged on the same test rows. */
  readonly baseline: Readonly<Record<string, number | null>>;
  /** Classification: rows by true class (first index) and predicted class. */
  readonly confusionMatrix: readonly (readonly number[])[] | null;
  readonly classReport: readonly ClassScore[] | null;
  readonly rows: number;
  readonly testFiles: readonly { readonly path: string; readonly sha256: string; readonly rows: number }[];
  /** Test rows that are copies of rows that the model learned from; null where the training data is gone. */
  readonly copiedRows: number | null;
  /** Test rows that are copies of validation rows only; older records lack it. */
  readonly copiedValidationRows?: number | null;
  readonly artifact: Artifact;
}

/** How the figures of several folds become one. */
export const aggregates = ["mean", "median", "trimmed_mean"] as const;
export type Aggregate = (typeof aggregates)[number];

/** How a candidate did on folds of the training part: by it the leaderboard is ranked where it is configured. */
export interface Selection {
  /** "k_fold", "time_series", … */
  readonly method: string;
  readonly folds: number;
  /** The run's metric on each fold, the earliest first where folds follow time; null where it is undefined. */
  readonly values: readonly (number | null)[];
  /** How `values` became `value`. */
  readonly aggregate: Aggregate;
  /** What the leaderboard is ranked by; null where the metric is undefined on one of the folds. */
  readonly value: number | null;
  /** Of the run's metric over the folds; null where it is undefined on one of them. */
  readonly mean: number | null;
  /** Over the folds (population, n), as scikit-learn's cv_results_["std_test_score"]. */
  readonly standardDeviation: number | null;
}

export interface Run {
  readonly kind: "run";
  readonly runId: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  /** Stamp shared by all candidates of one `train`. */
  readonly trainId: string;
  readonly task: Task;
  readonly family: string;
  readonly engine?: string;
  readonly featureSet: string;
  /** By which its training was ranked. */
  readonly metric: string;
  readonly params: Readonly<Record<string, Json>>;
  /** On the validation part, by name; null where undefined (e.g. AUC with one class). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Absent where the validation part chose the winner. */
  readonly selection?: Selection;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasetId: string;
  readonly datasetSha256: string;
  readonly configSha256: string;
  /** The whole configuration with defaults, secrets left out. */
  readonly config: Json;
  readonly codeVersion: string;
  readonly seed: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  readonly seconds: number;
  /** 1 is the winner of the leaderboard; only it keeps a model, unless promotion.top names more. */
  readonly rank: number;
  readonly model: Artifact | null;
  /** Counts up over all models ever trained in this workspace ("v3"); null without a model. */
  readonly modelVersion: number | null;
  readonly warnings: readonly string[];
  readonly score: ScoreRecord | null;
  /** What people wrote of it: `mlctl models note`. */
  readonly note?: string;
  /** Why it failed, for status FAILED. */
  readonly error?: string;
}
