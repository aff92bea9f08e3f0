/** ReportInput: all data of a report, collected by lifecycle/report. */
import type { Costs, Metric, WeakSegment } from "../core/metric.ts";
import type { Dataset, Deployment, Run } from "../core/records/lineage.ts";
import type { DriftReport, Finding, ColumnDistribution, MonitorRecord } from "../core/records/monitoring.ts";
import type { ColumnReference } from "../core/records/model.ts";
import type { Signature } from "../core/table/table.ts";
import type { CalibrationBin, ThresholdData } from "../plots/calibration.ts";
import type { Curve } from "../plots/curve.ts";
import type { OverTimePoint, PartialDependenceData } from "../plots/means.ts";
import type { ShapData } from "../plots/shapSummary.ts";

export type MetricLabel = Pick<Metric, "name" | "label" | "greaterIsBetter">;

export interface Decision {
  readonly status: "deployed" | "kept";
  /** Messages of the promotion rules. */
  readonly reasons: readonly string[];
  /** The previously deployed model; null if there was none. */
  readonly champion: {
    readonly runId: string;
    /** By the metric of the report on the same test rows; null if that is unknown. */
    readonly value: number | null;
    /** Of the value; null if unknown. */
    readonly interval: readonly [number, number] | null;
  } | null;
}

/** A candidate of the training that this run belongs to; a `Run` of core satisfies it. */
export type Candidate = Pick<
  Run,
  "runId" | "family" | "featureSet" | "params" | "metrics" | "selection" | "seconds" | "rank" | "status" | "error"
>;

/** Where a value is null or a list is empty, the report says so. */
export interface ReportInput {
  readonly name: string;
  readonly description: string | null;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly run: Run;
  readonly signature: Signature;
  /** Name of the main metric, which decides on promotion. */
  readonly metric: string;
  /** All metrics of the task, in the order of the table. */
  readonly metrics: readonly MetricLabel[];
  /** `costs` of config.json; null if they are not set. */
  readonly money: { readonly costs: Costs; readonly currency: string | null } | null;
  /** The limits of `promotion.require` that the model does not keep, in words. */
  readonly broken: readonly string[];
  readonly decision: Decision | null;
  /** Points (false positive rate, true positive rate); null for regression and without probabilities. */
  readonly roc: readonly Curve[] | null;
  /** Points (recall, precision) in order of ascending recall. */
  readonly precisionRecall: readonly Curve[] | null;
  /** Binary: share of positive test rows. */
  readonly positiveShare: number | null;
  readonly calibration: readonly CalibrationBin[] | null;
  /** Binary. */
  readonly thresholds: ThresholdData | null;
  /** Binary: points (share of rows, share of positives found). */
  readonly gains: Curve["points"] | null;
  /** Regression: all test rows or a seeded sample. */
  readonly predictions: { readonly actual: ArrayLike<number>; readonly predicted: ArrayLike<number> } | null;
  /** Of a sample of the test rows. One entry; for multiclass one per class; empty without SHAP values. */
  readonly shap: readonly ShapData[];
  /** Names of the classes whose mean probabilities are shown; empty for regression. */
  readonly meanClasses: readonly string[];
  /** Of the most important columns. */
  readonly dependence: {
    readonly rows: number;
    /** `means` by class of `meanClasses` and value; regression: one entry. */
    readonly columns: readonly Pick<PartialDependenceData, "column" | "kind" | "values" | "means" | "missing">[];
  } | null;
  readonly weakest: {
    readonly metric: MetricLabel;
    readonly value: number;
    /** Rows that were compared, of `testRows`. */
    readonly rows: number;
    readonly testRows: number;
    /** Number of segments that were compared: those with enough rows. */
    readonly compared: number;
    /** Rows that a segment needs, e.g. "30 rows". */
    readonly minimum: string;
    /** Worst first. */
    readonly segments: readonly WeakSegment[];
  } | null;
  readonly overTime: {
    readonly unit: string;
    /** By class of `meanClasses`; regression: one entry. */
    readonly outputs: readonly (readonly OverTimePoint[])[];
  } | null;
  /** By input column: the sum over its features. */
  readonly importance: readonly (readonly [column: string, value: number])[];
  /** What importance measures, e.g. "Loss of F1 when shuffled". */
  readonly importanceMeasure: string;
  readonly drift: DriftReport | null;
  /** The newest window of `mlctl monitor`; absent if the model has none. */
  readonly monitored?: MonitorRecord | undefined;
  /** By column of the drift report; a column may be missing. */
  readonly distributions: Readonly<Record<string, ColumnDistribution>>;
  readonly candidates: readonly Candidate[];
  readonly data: { readonly rows: number; readonly columns: Readonly<Record<string, ColumnReference>> } | null;
  readonly dataset: Dataset | null;
  /** The one in production. */
  readonly deployment: Deployment | null;
  readonly deployedVersion: number | null;
  /** Oldest first. */
  readonly deployments: readonly Deployment[];
  readonly warnings: readonly string[];
  readonly findings: readonly Finding[];
}
