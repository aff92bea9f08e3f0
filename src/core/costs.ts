/** Costs: what right and wrong answers cost, in money; a gain is negative. */

export interface Costs {
  /** Of one row, by what was answered and whether it was right (two classes). */
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
  /** Of each unit of the target by which an answer is too large, or too small (regression). */
  readonly over: number;
  readonly under: number;
}
