/** One figure out of those of several folds. */
import type { Aggregate } from "../../core/records/run.ts";
import { mean } from "../../stats/mean.ts";
import { median } from "../../stats/median.ts";

/** Left out at either end of a trimmed mean. */
const TRIMMED_SHARE = 0.2;

/**
 * The mean listens most to the fold with the largest error: right where that fold is what the model will meet, wrong
 * where a break in the data (a pause, another regime) makes it unlike any other. The median is one fold's figure, or
 * two folds'; the trimmed mean leaves out a fifth of the folds at either end, at least the best and the worst, and
 * listens to all others: the median of three or four folds, the interquartile-like mean of more.
 *
 * @param values one a fold; null where undefined
 * @returns null where any is undefined
 * @see Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice (2021), on few noisy runs
 */
export function aggregateFolds(values: readonly (number | null)[], aggregate: Aggregate): number | null {
  if (values.length === 0 || !values.every((value) => Number.isFinite(value))) return null;
  const finite = Float64Array.from(values as readonly number[]);
  if (aggregate === "mean") return mean(finite);
  if (aggregate === "median" || finite.length < 3) return median(finite);
  const trimmed = Math.max(1, Math.floor(finite.length * TRIMMED_SHARE));
  return mean(finite.toSorted().subarray(trimmed, finite.length - trimmed));
}
