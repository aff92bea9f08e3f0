/** Aggregates the metric values of several folds into one. */
import type { Aggregate } from "../../core/records/run.ts";
import { mean } from "../../stats/mean.ts";
import { median } from "../../stats/quantileSorted.ts";

/** Share of folds that the trimmed mean drops at each end. */
const TRIMMED_SHARE = 0.2;

/**
 * The mean is dominated by the fold with the largest error. That is right if the fold is typical of future data, and
 * wrong if a break in the data (a gap, a regime change) makes it an outlier. The median uses the values of only one or
 * two folds. The trimmed mean drops a fifth of the folds at each end, but at least the best and the worst one: of three
 * or four folds it is the median, of more it is similar to the interquartile mean.
 * @param values one per fold; null if undefined
 * @returns null if any value is undefined
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
