/** What each parameter of a search is worth: the share of the variance of the scores that it explains on its own. */
import type { Json } from "../../core/json.ts";
import type { TrialRecord } from "../../core/records/search.ts";
import { explainedVariance } from "../../stats/explainedVariance.ts";

/** Of numbers: more bins follow a curve more closely, but of few trials each holds too few. */
const MAX_BINS = 8;
/** With fewer trials, chance decides. */
const LEAST_TRIALS = 8;

/**
 * First-order importance: interactions of parameters are in nobody's share. Numbers are cut into bins of about equally
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
