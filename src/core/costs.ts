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
