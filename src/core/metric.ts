/** Interface of a metric. */
import type { Task } from "./table/table.ts";

/** Costs of right and wrong predictions, in money; a gain is negative. */
export interface Costs {
  /** Per row, by cell of the confusion matrix (two classes). */
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
  /** Per unit of the target by which a prediction is too large (over) or too small (under); regression. */
  readonly over: number;
  readonly under: number;
}

export interface Evaluation {
  readonly task: Task;
  readonly classCount: number;
  /** Values, or class codes; (n_samples). */
  readonly yTrue: Float64Array;
  /** Values, or predicted class codes; (n_samples). */
  readonly yPred: Float64Array;
  /** Binary: of class 1, (n_samples). Multiclass: row-major (n_samples × n_classes). Null for regression. */
  readonly probabilities: Float64Array | null;
  /** `costs` of config.json, for metrics that need them. */
  readonly costs?: Costs | undefined;
}

export interface Metric {
  readonly name: string;
  readonly label: string;
  readonly tasks: readonly Task[];
  readonly greaterIsBetter: boolean;
  /** Has no fixed range, most often because it is in units of the target: differences are shares of its value. */
  readonly unbounded?: true;
  /** Computed from `costs` of config.json, in their unit; left out if there are none. */
  readonly needsCosts?: true;
  /** Counts errors by class: with few rows of a class it is mostly chance, and its bootstrap interval too short. */
  readonly byClass?: boolean;
  readonly aliases?: readonly string[];
  /** NaN if undefined, e.g. AUC with one class. NaN never passes a gate. */
  compute(evaluation: Evaluation): number;
  /**
   * The value if row i occurs `rowCounts[i]` times, (n_samples). What does not depend on the resample (losses, order of the
   * scores) is computed before, so that a bootstrap is fast.
   */
  prepare(evaluation: Evaluation): (rowCounts: Uint32Array) => number;
}

/** Rows that share a value of a column, on which the model is clearly worse. */
export interface WeakSegment {
  readonly column: string;
  /** "Month-to-month", "above 29 to 56", "(missing)". */
  readonly value: string;
  readonly rows: number;
  readonly metricValue: number;
  /** `metricValue` minus the value on all rows, and its standard error. */
  readonly difference: number;
  readonly standardError: number;
  /** Mean label and mean prediction, or of two classes the share and mean probability of class 1; null for more classes. */
  readonly means: readonly [actual: number, predicted: number] | null;
}

/** Predictions of a model for a batch of rows. */
export interface Prediction {
  /** Regression: values. Classification: codes of the predicted classes, (n_samples). */
  readonly yPred: Float64Array;
  /** Binary: of class 1, (n_samples). Multiclass: row-major (n_samples × n_classes). Null for regression. */
  readonly probabilities: Float64Array | null;
}
