/** Epsilon squared: the share of a value's variance that groups explain, corrected for chance. */
import { mean } from "./mean.ts";

/**
 * (SS_between − (k − 1) · MS_within) / SS_total of a one-way analysis of variance, where negative shares are 0.
 * Without the correction (eta squared), many small groups would explain much by chance alone. O(n).
 *
 * @param groups the group of each value, any labels; (n)
 * @param values finite; (n)
 * @returns 0 to 1; null with fewer than two groups or no more values than groups, or if all values are equal
 * @see Kelley, An Unbiased Correlation Ratio Measure (1935); R: effectsize::epsilon_squared
 */
export function explainedVariance(groups: readonly unknown[], values: readonly number[]): number | null {
  const byGroup = Map.groupBy(values.keys(), (i) => groups[i]);
  const [n, k] = [values.length, byGroup.size];
  if (k < 2 || n <= k) return null;
  const overall = mean(values);
  const total = values.reduce((sum, value) => sum + (value - overall) ** 2, 0);
  if (total === 0) return null;
  const between = [...byGroup.values()]
    .map((places) => places.map((i) => values[i]!))
    .reduce((sum, own) => sum + own.length * (mean(own) - overall) ** 2, 0);
  return Math.max(0, (between - ((k - 1) * (total - between)) / (n - k)) / total);
}
