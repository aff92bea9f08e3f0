/** Model: one self-contained JSON file. Loading it never executes code from the file. */
import type { FittedEstimator } from "../estimator.ts";
import type { JsonObject } from "../json.ts";
import type { Signature } from "../table/table.ts";

export const MODEL_VERSION = 1;

/** A fitted transform; `type` is its name in the registry of features. */
export interface FittedTransform {
  readonly type: string;
  readonly state: JsonObject;
}

/** Calibration of the probability of class 1: a sigmoid of its log-odds (Platt scaling). */
export interface Calibration {
  readonly method: "sigmoid";
  readonly slope: number;
  readonly intercept: number;
}

/** The same data, configuration and seed give the same bytes: it contains no timestamp, run id or path. */
export interface Model {
  readonly format: "mlctl-model";
  readonly version: number;
  readonly codeVersion: string;
  readonly signature: Signature;
  readonly transforms: readonly FittedTransform[];
  readonly estimator: FittedEstimator;
  /** The baseline family fitted on the same training rows; scores are reported next to its score. */
  readonly baseline: FittedEstimator;
  /** Binary only: class 1 is predicted if its probability is at least this. */
  readonly threshold: number | null;
  /** Binary only, if configured: applied to the estimator's probability before the threshold. */
  readonly calibration?: Calibration;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** By feature, largest first: permutation importance (mean drop of the score) or the family's own importance. */
  readonly importance: readonly (readonly [string, number])[];
  readonly lineage: {
    readonly datasetSha256: string;
    readonly configSha256: string;
    readonly seed: number;
    readonly featureSet: string;
    readonly trainingRows: number;
    readonly validationRows: number;
  };
  readonly reference: Reference;
  /** Checksum of everything else in the file, so that truncation and edits are detected. */
  readonly sha256: string;
}

export interface NumberReference {
  readonly kind: "number" | "date";
  readonly count: number;
  readonly missing: number;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  /** Quantiles at 0 %, 1 %, …, 100 %, linear interpolation; empty if all values are missing. */
  readonly quantiles: readonly number[];
  /** All present values, or a seeded sample of them, sorted. */
  readonly sample: readonly number[];
}

export interface CategoryReference {
  readonly kind: "category";
  readonly count: number;
  readonly missing: number;
  readonly counts: readonly (readonly [string, number])[];
}

export type ColumnReference = NumberReference | CategoryReference;

/**
 * Statistics of the training rows by column, so that drift can be tested without the rows; `prediction` describes the
 * predictions on the validation rows.
 */
export interface Reference {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnReference>>;
  readonly prediction: ColumnReference | null;
  /** Labels of the training rows; absent in models of earlier versions. */
  readonly target?: ColumnReference;
}

/** Categories of fewer training rows are counted, not shown: they may be a person's name, address or number. */
export const LEAST_ROWS = 10;

/** Categories that may be shown, with their rows, most frequent first; none of numbers and dates. */
export function frequentCategories(column: ColumnReference | undefined): CategoryReference["counts"] {
  return column?.kind === "category" ? column.counts.filter(([, rows]) => rows >= LEAST_ROWS) : [];
}
