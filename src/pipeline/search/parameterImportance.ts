/** What each parameter of a search is worth: the share of the variance of the scores that it explains on its own. */
import type { Json } from "../../core/json.ts";
import type { TrialRecord } from "../../core/records/search.ts";
import { mean } from "../../stats/descriptive.ts";

/** Of numbers: more bins follow a curve more closely, but of few trials each holds too few. */
const MAX_BINS = 8;
/** With fewer trials, chance decides. */
const LEAST_TRIALS = 8;

/**
 * Each parameter by itself: no share has interactions, and those of a search that learns (tpe) overlap, as its trials
 * change parameters together; they do not sum to 1. Numbers are cut into bins of about equally
 * many trials, so the scale does not matter. Unlike fANOVA, it fits no forest.
 * @returns by parameter, largest first; null if there are too few trials, or only one value was tried
 */
export function parameterImportance(trials: readonly TrialRecord[]): [name: string, share: number | null][] {
  const done = finishedTrials(trials);
  const names = [...new Set(done.flatMap(({ params }) => Object.keys(params)))];
  const scores = done.map(({ value }) => value);
  const shares = names.map((name): [string, number | null] => {
    const groups = groupsOf(done.map(({ params }) => params[name]));
    return [name, done.length < LEAST_TRIALS ? null : explainedVariance(groups, scores)];
  });
  return shares.toSorted((a, b) => (b[1] ?? -1) - (a[1] ?? -1));
}

/** Trials with a score on all folds. */
export function finishedTrials(trials: readonly TrialRecord[]) {
  return trials.flatMap((trial) =>
    trial.status === "finished" && trial.value !== null ? [{ ...trial, value: trial.value }] : [],
  );
}

/** Equal values share a group, and so do all trials in which the parameter was not active. */
function groupsOf(values: readonly (Json | undefined)[]): unknown[] {
  const numbers = values.filter((value) => typeof value === "number").toSorted((a, b) => a - b);
  const bins = Math.max(2, Math.min(MAX_BINS, Math.floor(Math.sqrt(numbers.length / 2))));
  return values.map((value) =>
    typeof value === "number" && new Set(numbers).size > bins
      ? Math.floor((numbers.indexOf(value) / numbers.length) * bins)
      : JSON.stringify(value),
  );
}

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
