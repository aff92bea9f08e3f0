/** ReportInput: everything a report shows, gathered by the step that writes it. */
import type { Dataset } from "../core/records/dataset.ts";
import type { Deployment } from "../core/records/deployment.ts";
import type { DriftReport, Finding } from "../core/records/drift.ts";
import type { ColumnReference } from "../core/records/reference.ts";
import type { Run } from "../core/records/run.ts";
import type { Signature } from "../core/table/signature.ts";

/** A metric as the registry describes it. */
export interface MetricLabel {
  readonly name: string;
  readonly label: string;
  readonly greaterIsBetter: boolean;
}

/** A curve of one class: points in drawing order and the area as the metric has it. */
export interface ReportCurve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly area: number | null;
}

/** Whether the model of this report went into production, and why. */
export interface Decision {
  readonly status: "deployed" | "kept";
  /** In words, as the rules of promotion gave them. */
  readonly reasons: readonly string[];
  /** The model that was deployed before, judged on the same test rows; null where there was none. */
  readonly champion: {
    readonly runId: string;
    readonly value: number | null;
    readonly interval: readonly [number, number] | null;
  } | null;
}

/** One candidate of the training that brought this run. A core `Run` is one. */
export type Candidate = Pick<
  Run,
  "runId" | "family" | "featureSet" | "metrics" | "selection" | "seconds" | "rank" | "status" | "error"
>;

/** A scored run of the past. */
export interface PastScore {
  /** ISO 8601. */
  readonly at: string;
  readonly value: number;
  readonly interval: readonly [number, number] | null;
  readonly deployed: boolean;
}

/** SHAP values of some test rows. */
export interface ReportShap {
  /** What they are in: the target, or the log-odds of a class. */
  readonly unit: string;
  readonly features: readonly {
    readonly name: string;
    /** (n_rows) */
    readonly contributions: ArrayLike<number>;
    /** Of the feature, (n_rows); NaN is missing. */
    readonly values: ArrayLike<number>;
  }[];
}

/** Null and empty lists say "there is none": the report tells so in words. */
export interface ReportInput {
  /** Name of the project. */
  readonly name: string;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly run: Run;
  readonly signature: Signature;
  /** The metric that decides. */
  readonly metric: string;
  /** All metrics of the task, in the order of the table. */
  readonly metrics: readonly MetricLabel[];
  readonly decision: Decision | null;
  /** Points (false positive rate, true positive rate); null for regression and where probabilities are absent. */
  readonly roc: readonly ReportCurve[] | null;
  /** Points (recall, precision) with rising recall. */
  readonly precisionRecall: readonly ReportCurve[] | null;
  /** Binary: share of positive test rows. */
  readonly positiveShare: number | null;
  readonly calibration:
    readonly { readonly predicted: number; readonly observed: number; readonly count: number }[] | null;
  /** Regression: test rows, all or a seeded sample. */
  readonly predictions: { readonly actual: ArrayLike<number>; readonly predicted: ArrayLike<number> } | null;
  /** How far each feature moved the answers to test rows; one for each class of several, none where nobody can tell. */
  readonly shap: readonly ReportShap[];
  readonly importance: readonly (readonly [feature: string, value: number])[];
  /** What an importance is, e.g. "Loss of F1 when shuffled". */
  readonly importanceMeasure: string;
  readonly drift: DriftReport | null;
  /** By column of the drift report; a column may be absent. */
  readonly distributions: Readonly<
    Record<string, { readonly reference: ColumnReference; readonly current: ColumnReference }>
  >;
  readonly candidates: readonly Candidate[];
  /** Rows and columns of the dataset. */
  readonly data: { readonly rows: number; readonly columns: Readonly<Record<string, ColumnReference>> } | null;
  readonly dataset: Dataset | null;
  readonly deployment: Deployment | null;
  /** Oldest first. */
  readonly deployments: readonly Deployment[];
  readonly history: readonly PastScore[];
  readonly warnings: readonly string[];
  readonly findings: readonly Finding[];
}
