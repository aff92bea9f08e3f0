/** MonitorRecord: the result of comparing the rows of one window with the reference; one file per window. */

export type MonitorArea = "drift" | "quality" | "performance";

/** "skipped": could not be evaluated; never counts as a pass. */
export type MonitorStatus = "pass" | "warn" | "fail" | "skipped";

export interface MonitorFinding {
  readonly area: MonitorArea;
  /** The same in every window: alerts follow a finding by its name. */
  readonly name: string;
  readonly status: MonitorStatus;
  readonly value: number | null;
  readonly limit: number | null;
  /** The side of the limit that passes; null if there is no limit. */
  readonly passes: "at_most" | "at_least" | null;
  readonly interval: readonly [number, number] | null;
  readonly message: string;
  /** The columns in which it found something; absent if it is not about columns, or an earlier version recorded it. */
  readonly columns?: readonly string[];
}

export type MonitorSource = "files" | "dataset" | "predictions";

export interface MonitorWindow {
  /** Display name: "2024-01-10 back 90d", "newest 500 rows", a file's path. */
  readonly label: string;
  /** Inclusive, ISO 8601 UTC; null without a time column. */
  readonly start: string | null;
  /** Exclusive. */
  readonly end: string | null;
  readonly rows: number;
  /** Rows with both label and prediction. */
  readonly labelled: number;
  readonly file: string | null;
}

export interface ColumnQuality {
  readonly missingShare: number;
  /** Share of rows whose value is not of the column's kind; `invalidExample` is one such value. */
  readonly invalidShare: number;
  readonly invalidExample: string | null;
  /** Share of values that are categories not seen in training; null for numbers and dates. */
  readonly newShare: number | null;
  readonly newCategories: readonly string[];
  /** Share of values outside the training range, of dates outside of what is plausible; null for categories. */
  readonly outsideShare: number | null;
  /** Such a date. Absent for numbers, and if there is none. */
  readonly outsideExample?: string;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** All present values are equal, and in training they were not. */
  readonly constant: boolean;
}

export interface QualityReport {
  readonly rows: number;
  readonly duplicateShare: number;
  readonly missingColumns: readonly string[];
  readonly extraColumns: readonly string[];
  readonly newestAt: string | null;
  /** Age of the newest row at the end of the window (or now), in days. */
  readonly ageDays: number | null;
  readonly columns: Readonly<Record<string, ColumnQuality>>;
}

export interface MetricValues {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly intervals: Readonly<Record<string, readonly [number, number] | null>>;
}

/** Metrics estimated without labels, assuming that the probabilities are calibrated. */
export interface PerformanceEstimate extends MetricValues {
  readonly method: "cbpe";
  readonly rows: number;
  /** Whether the model calibrates its probabilities; if not, the estimate is only as good as they are. */
  readonly calibrated: boolean;
  /** Number of inputs that drifted: then the probabilities may be wrong. Absent in records of earlier versions. */
  readonly drifted?: number;
  /** The same metrics on the labelled rows, to check the estimate. */
  readonly realised: Readonly<Record<string, number | null>>;
}

export interface EarlierResult {
  readonly asOf: string;
  readonly rows: number;
  readonly labelled: number;
  readonly value: number | null;
}

export interface PerformanceReport extends MetricValues {
  readonly rows: number;
  /** The main metric; `reference` is its value on the test data. */
  readonly metric: string;
  readonly value: number | null;
  readonly reference: number | null;
  /** Of the metric "cost", such as "EUR per 1,000 rows", and its value on the test data. Absent without `costs`. */
  readonly money?: {
    readonly unit: string;
    readonly reference: number | null;
    /** Two classes: if every row got an alarm, and if none did. */
    readonly everyRow?: number;
    readonly noRow?: number;
  };
  /** Regression: of label minus prediction, sample (n − 1). */
  readonly errorStandardDeviation: number | null;
  readonly meanPredicted: number | null;
  readonly meanActual: number | null;
  /** Evenly spaced sample of a few hundred rows; time is null without a time column. */
  readonly points: readonly (readonly [at: string | null, predicted: number | string, actual: number | string])[];
  readonly estimate: PerformanceEstimate | null;
  readonly skipped?: string;
}

export interface SegmentReport {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly labelled: number;
  readonly metric: string;
  readonly metricValue: number | null;
  readonly interval: readonly [number, number] | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** "fail": significantly worse than the other rows, or outside a required limit. */
  readonly status: MonitorStatus;
}

/** Binned shares of the present values, to draw reference and current side by side. */
export type ColumnDistribution =
  | {
      readonly kind: "number" | "date";
      /** (n_bins + 1). The outermost bins also hold the values beyond them. */
      readonly edges: readonly number[];
      readonly reference: readonly number[];
      readonly current: readonly number[];
    }
  | {
      readonly kind: "category";
      /** The most frequent categories of both sides together. */
      readonly names: readonly string[];
      /** Remaining categories, which share the last entry of `reference` and `current`. */
      readonly others: number;
      readonly reference: readonly number[];
      readonly current: readonly number[];
    };

export interface MonitorDistribution {
  readonly columns: Readonly<Record<string, ColumnDistribution>>;
  /** Null if there are no labels, now or in the reference. */
  readonly target: ColumnDistribution | null;
}

export interface MonitorDrift extends DriftReport {
  /** Null if there are no labels, now or in the reference. */
  readonly target: ColumnDrift | null;
}

export interface MonitorRecord {
  readonly kind: "monitor";
  /** Hash of source, window, model and settings; a repeated evaluation replaces the record. */
  readonly monitorId: string;
  /** When it was evaluated; labels that arrive later change the metrics. */
  readonly createdAt: string;
  readonly source: MonitorSource;
  /** Of the dataset whose rows these are. Absent for other sources, and in records of earlier versions. */
  readonly datasetSha256?: string;
  readonly window: MonitorWindow;
  /** Null for a model file that was not trained in this workspace. */
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly modelSha256: string;
  /** Hash of the settings that affect the result. */
  readonly settingsSha256: string;
  readonly reference: { readonly name: string; readonly rows: number };
  readonly status: MonitorStatus;
  readonly drift: MonitorDrift;
  readonly quality: QualityReport;
  readonly performance: PerformanceReport;
  readonly segments: readonly SegmentReport[];
  readonly findings: readonly MonitorFinding[];
  readonly spread?: MonitorDistribution;
  readonly statements: readonly EarlierResult[];
}

/** Drift results: of one column and of the whole dataset. */
export interface ColumnDrift {
  readonly test: string;
  readonly measure: "p_value" | "distance";
  readonly statistic: number;
  /** The p-value (adjusted, if the rules adjust it) or the distance that is compared with `limit`. */
  readonly value: number;
  readonly limit: number;
  /** The side of the limit that counts as drift: "below" for a p-value, "above" for a distance. */
  readonly direction: "below" | "above";
  /** Population stability index, the effect size; null if it cannot be computed. */
  readonly psi: number | null;
  readonly drifted: boolean;
  /** Why the column was not tested; `drifted` is then false and the numbers are NaN. */
  readonly skipped?: string;
  /** Why the verdict differs from what value and limit alone would give. */
  readonly note?: string;
}

export interface DriftReport {
  readonly rules: "calibrated" | "evidently";
  readonly referenceRows: number;
  /** Most values that a column of numbers is compared with, if the reference is a sample; else absent. */
  readonly referenceSample?: number;
  readonly currentRows: number;
  /** Rows of the dataset that were not compared because the model was trained on them; absent if that is unknown. */
  readonly knownRows?: number;
  /** Rows of the dataset that came before the compared ones, but after the training. */
  readonly earlierRows?: number;
  /** By input column of the model, and "prediction" if predictions were compared. */
  readonly columns: Readonly<Record<string, ColumnDrift>>;
  /** Null if there are no labels, now or in the reference; absent if it was not requested. */
  readonly target?: ColumnDrift | null;
  readonly dataset: {
    /** Counts the inputs; with Evidently's rules also the prediction and the target. Share: drifted / tested. */
    readonly tested: number;
    readonly drifted: number;
    readonly share: number | null;
    readonly limit: number;
    readonly detected: boolean;
  };
}

export interface Finding {
  readonly name: string;
  /** "skipped": not judged. */
  readonly status: "pass" | "warn" | "fail" | "skipped";
  readonly value: number | string | null;
  readonly limit: number | string | null;
  /** The side of the limit that passes; absent if the limit has no sides. */
  readonly passes?: "at_most" | "at_least";
  readonly message: string;
}

export function finding(
  name: string,
  status: Finding["status"],
  message: string,
  [value, limit, passes]: readonly [Finding["value"], Finding["limit"], Finding["passes"]?] = [null, null],
): Finding {
  return { name, status, value, limit, message, ...(passes && { passes }) };
}
