/** Dataset, run and deployment: the records from input files to production. */
import type { Json } from "../json.ts";
import type { Task } from "../table/table.ts";

/** A file written by mlctl, with the checksum and size that reveal a change. */
export interface Artifact {
  /** Relative to the workspace, with forward slashes, so that a copied workspace still works. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface SourceFile {
  /** Relative to the workspace if inside it, absolute otherwise; forward slashes. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Rows read, before `where` and dedupe. */
  readonly rows: number;
}

/** A column of the CSV with its DuckDB type, so that it is read back as it was written. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: string;
  /** How its numbers or dates are written in the input files, unless plainly: "1.234,5 €" or "%d.%m.%Y". */
  readonly format?: string;
}

export interface RejectedFile extends Omit<SourceFile, "rows"> {
  readonly reason: string;
  readonly line?: number;
  readonly copy?: string;
}

/** The record that ingest writes next to finaldata_<stamp>.csv. */
export interface Dataset {
  readonly kind: "dataset";
  /** The timestamp in the names of its artifacts. */
  readonly datasetId: string;
  readonly createdAt: string;
  readonly artifact: Artifact;
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  /** The input folder as configured; only datasets of the same folder accumulate. */
  readonly inputFolder: string;
  readonly files: readonly SourceFile[];
  readonly rejected: readonly RejectedFile[];
  readonly duplicatesRemoved: number;
  /** Hash of the `ingest` section of config.json and the columns it names. */
  readonly ingestSha256: string;
  readonly seconds: number;
}

export type RunStatus = "RUNNING" | "FINISHED" | "FAILED" | "KILLED";

export interface ClassScore {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** Curves of a binary model on the test data, thinned to about 200 points with four digits. */
export interface ScoreCurves {
  /** (false positive rate, true positive rate), from (0, 0) to (1, 1). */
  readonly roc: readonly (readonly [number, number])[];
  /** (recall, precision), by ascending recall. */
  readonly precisionRecall: readonly (readonly [number, number])[];
}

export interface ScoreRecord {
  readonly createdAt: string;
  readonly metric: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** 95 % bootstrap interval of each metric; null if undefined. */
  readonly intervals: Readonly<Record<string, readonly [number, number] | null>>;
  /** Metrics of the baseline family, fitted on the same training rows, on the same test rows. */
  readonly baseline: Readonly<Record<string, number | null>>;
  /** The better naive forecast of the same rows, one step ahead as the model; absent unless it looks back on the target. */
  readonly naive?: { readonly family: string; readonly metrics: ScoreRecord["metrics"] };
  /** Classification: number of rows by true class (first index) and predicted class. */
  readonly confusionMatrix: readonly (readonly number[])[] | null;
  readonly classReport: readonly ClassScore[] | null;
  readonly rows: number;
  readonly testFiles: readonly { readonly path: string; readonly sha256: string; readonly rows: number }[];
  /** Test rows that are copies of training rows; null if the training data is gone. */
  readonly copiedRows: number | null;
  /** Test rows that are copies of validation rows only; absent in records of earlier versions. */
  readonly copiedValidationRows?: number | null;
  /** What speaks against the score, in words; absent in records of earlier versions. */
  readonly warnings?: readonly string[];
  /** Absent unless there are two classes, both among the test rows; and in records of earlier versions. */
  readonly curves?: ScoreCurves;
  readonly artifact: Artifact;
}

export const aggregates = ["mean", "median", "trimmed_mean"] as const;
export type Aggregate = (typeof aggregates)[number];

/** Cross-validation scores of a candidate on the training set; if configured, the leaderboard is ranked by them. */
export interface Selection {
  readonly method: string;
  readonly folds: number;
  /** The run's metric on each fold, earliest first if folds follow time; null if undefined. */
  readonly values: readonly (number | null)[];
  readonly aggregate: Aggregate;
  /** The leaderboard is ranked by this; null if the metric is undefined on any fold. */
  readonly value: number | null;
  /** Mean of `values`; null if the metric is undefined on any fold. */
  readonly mean: number | null;
  /** Of `values` (population, n), like scikit-learn's cv_results_["std_test_score"]. */
  readonly standardDeviation: number | null;
}

/** Tags that mlctl sets: why a run cannot win, and why it was not deployed. */
const ownTags = new Set(["degenerate", "kept", "kept_under"]);

export function isUserTag(name: string): boolean {
  return !ownTags.has(name);
}

export const NAME_TAG = "name";

export function tagTexts({ tags }: Pick<Run, "tags">): string[] {
  return Object.entries(tags).flatMap(([name, value]) =>
    isUserTag(name) && name !== NAME_TAG ? [value === "" ? name : `${name}: ${value}`] : [],
  );
}

/** One trained model and its inputs, like a run in MLflow. */
export interface Run {
  readonly kind: "run";
  readonly runId: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly trainId: string;
  readonly task: Task;
  readonly family: string;
  readonly engine?: string;
  readonly ranks?: number;
  readonly featureSet: string;
  readonly metric: string;
  readonly params: Readonly<Record<string, Json>>;
  /** On the validation set, by name; null if undefined (e.g. AUC with one class). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Absent if the leaderboard is ranked on the validation set. */
  readonly selection?: Selection;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasetId: string;
  readonly datasetSha256: string;
  readonly configSha256: string;
  readonly resolvedConfigSha256?: string;
  /** The whole configuration with defaults and with what mlctl chose, without secrets. */
  readonly config: Json;
  readonly codeVersion: string;
  readonly seed: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Rows on which the model was fitted again after it was selected; absent if it was not. */
  readonly refitRows?: number;
  readonly seconds: number;
  /** To predict 1,000 rows; absent if it was not measured. */
  readonly predictSeconds?: number;
  /** 1 is the top of the leaderboard; only that run keeps a model file, unless promotion.top names more. */
  readonly rank: number;
  readonly model: Artifact | null;
  /** Counts all models ever trained in this workspace ("v3"); null without a model file. */
  readonly modelVersion: number | null;
  readonly warnings: readonly string[];
  readonly score: ScoreRecord | null;
  readonly note?: string;
  readonly error?: string;
}

/** Who made a deployment, where and why; records of earlier versions have none of it. */
export interface DeploymentOrigin {
  /** The user of the system; on GitHub Actions the person who started the workflow. */
  readonly by?: string;
  readonly host?: string;
  /** HEAD of the git repository with config.json; absent without one. */
  readonly commit?: string;
  /** Files of that commit had changes that were not committed. */
  readonly dirty?: true;
  readonly message?: string;
}

export interface Deployment extends DeploymentOrigin {
  readonly kind: "deployment";
  readonly deploymentId: number;
  readonly runId: string;
  readonly deployedAt: string;
  readonly previousRunId: string | null;
  readonly action: "deploy" | "rollback" | "force";
  readonly reasons: readonly string[];
  /** They follow deployment.json, so that one rename of a file switches all. */
  readonly aliases: readonly string[];
  readonly metric: string;
  readonly value: number | null;
  readonly datasetSha256: string;
  readonly configSha256: string;
  /** The deployed copies, in their own folder that no later deployment touches. */
  readonly model: Artifact;
  readonly latestScore: Artifact | null;
  readonly ingestedFiles: Artifact | null;
  /** When prune deleted those copies; the record stays. */
  readonly prunedAt?: string;
}
