/** MonitorRecord: what was found when rows of one window were held against the reference; one file for each. */
import type { ColumnDrift, DriftReport } from "./drift.ts";

export type MonitorArea = "drift" | "quality" | "performance";

/** "skipped": could not be judged, which is never a pass. */
export type MonitorStatus = "pass" | "warn" | "fail" | "skipped";

/** One check of one window. */
export interface MonitorFinding {
  readonly area: MonitorArea;
  /** Stable over windows: alerts follow it. */
  readonly name: string;
  readonly status: MonitorStatus;
  /** What is held against `limit`; null where there is nothing to hold. */
  readonly value: number | null;
  readonly limit: number | null;
  /** Which side of the limit passes; null where there is no limit. */
  readonly passes: "at_most" | "at_least" | null;
  /** Of the value, 95 %; null where it has none. */
  readonly interval: readonly [number, number] | null;
  /** What it means, or why it was skipped. */
  readonly message: string;
}

export type MonitorSource = "files" | "dataset" | "predictions";

/** Which rows were judged together. */
export interface MonitorWindow {
  /** As a person calls it: "2024-01-10 back 90d", "rows 1 to 500", a file's path. */
  readonly label: string;
  /** Inclusive, ISO 8601 UTC; null without a time column. */
  readonly start: string | null;
  /** Exclusive. */
  readonly end: string | null;
  readonly rows: number;
  /** Rows whose truth is known and that have an answer. */
  readonly labelled: number;
  /** The file, where all rows are of one. */
  readonly file: string | null;
}

/** How one column of a batch is filled. */
export interface ColumnQuality {
  readonly missingShare: number;
  /** Share of rows whose value is not of the column's kind, with one of them. */
  readonly invalidShare: number;
  readonly invalidExample: string | null;
  /** Categories not seen in training; null for numbers and dates. */
  readonly newShare: number | null;
  readonly newCategories: readonly string[];
  /** Share of values outside the training range; null for categories and dates. */
  readonly outsideShare: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** All present values are the same, and in training they were not. */
  readonly constant: boolean;
}

export interface QualityReport {
  readonly rows: number;
  readonly duplicateShare: number;
  readonly missingColumns: readonly string[];
  /** Columns that the model does not take. */
  readonly extraColumns: readonly string[];
  readonly newestAt: string | null;
  /** From the newest row to the end of the window (or to now), in days. */
  readonly ageDays: number | null;
  readonly columns: Readonly<Record<string, ColumnQuality>>;
}

export interface MetricValues {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly intervals: Readonly<Record<string, readonly [number, number] | null>>;
}

/** Metrics as they would be if the probabilities were right: an estimate, no measurement. */
export interface PerformanceEstimate extends MetricValues {
  readonly method: "cbpe";
  readonly rows: number;
  /** Whether the model's probabilities were calibrated; else the estimate is as good as they are. */
  readonly calibrated: boolean;
  /** The same metrics of the rows whose truth is known: the estimate's track record. */
  readonly realised: Readonly<Record<string, number | null>>;
}

/** An earlier word on the same window, when fewer labels were known. */
export interface MonitorStatement {
  readonly asOf: string;
  readonly rows: number;
  readonly labelled: number;
  readonly value: number | null;
}

export interface PerformanceReport extends MetricValues {
  /** Rows with truth and answer. */
  readonly rows: number;
  /** The metric that decides, and what the model reached on the test data. */
  readonly metric: string;
  readonly value: number | null;
  readonly reference: number | null;
  /** Regression: of truth minus answer; n − 1. */
  readonly errorStandardDeviation: number | null;
  readonly meanPredicted: number | null;
  readonly meanActual: number | null;
  /** At most some hundred, evenly taken: time (null without a time column), answer, truth. Classes by their name. */
  readonly points: readonly (readonly [at: string | null, predicted: number | string, actual: number | string])[];
  readonly estimate: PerformanceEstimate | null;
  /** Why there is nothing to tell. */
  readonly skipped?: string;
}

/** The rows of a window that share a value of a column. */
export interface SegmentReport {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly labelled: number;
  readonly metric: string;
  readonly metricValue: number | null;
  readonly interval: readonly [number, number] | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** "fail": surely worse than the other rows, or beyond a required limit. */
  readonly status: MonitorStatus;
}

/** Shares of the present values: enough to draw both sides. */
export type ColumnDistribution =
  | {
      readonly kind: "number" | "date";
      /** Of the bins, one more than there are; the outermost bins hold what lies beyond too. */
      readonly edges: readonly number[];
      readonly reference: readonly number[];
      readonly current: readonly number[];
    }
  | {
      readonly kind: "category";
      /** The most frequent of both sides together. */
      readonly names: readonly string[];
      /** So many further categories share the last place of `reference` and `current`; 0: there are none. */
      readonly others: number;
      readonly reference: readonly number[];
      readonly current: readonly number[];
    };

export interface MonitorDistribution {
  /** By input, and "prediction". */
  readonly columns: Readonly<Record<string, ColumnDistribution>>;
  /** Null where the truth is not known, or the reference lacks it. */
  readonly target: ColumnDistribution | null;
}

export interface MonitorDrift extends DriftReport {
  /** Null where the truth is not known, or the reference lacks it. */
  readonly target: ColumnDrift | null;
}

export interface MonitorRecord {
  readonly kind: "monitor";
  /** Of source, window, model and settings: the same again replaces the record. */
  readonly monitorId: string;
  /** When it was judged: labels that come later change the figures. */
  readonly createdAt: string;
  readonly source: MonitorSource;
  readonly window: MonitorWindow;
  /** Null for a model file that no run of this workspace made. */
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly modelSha256: string;
  /** Of the settings that decide the verdict. */
  readonly settingsSha256: string;
  readonly reference: { readonly name: string; readonly rows: number };
  readonly status: MonitorStatus;
  readonly drift: MonitorDrift;
  readonly quality: QualityReport;
  readonly performance: PerformanceReport;
  readonly segments: readonly SegmentReport[];
  readonly findings: readonly MonitorFinding[];
  /** Absent in records of earlier versions. */
  readonly spread?: MonitorDistribution;
  /** What was said before of this window, oldest first. */
  readonly statements: readonly MonitorStatement[];
}
