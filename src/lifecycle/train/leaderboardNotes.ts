/** Notes on a leaderboard: one fold decided it, or the first two models do not differ significantly. */
import { isBaseline } from "../../estimators/findEstimator.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Task } from "../../core/task.ts";
import { aggregateFolds } from "../../pipeline/fit/aggregateFolds.ts";
import { decidingValue, rank, type Contender } from "./leaderboard.ts";
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, MIN_ROWS } from "../../pipeline/judge/compareEvaluations.ts";

interface NoteOptions<T> {
  readonly metric: string;
  /** Display name: the family, and the feature set if there are several. */
  readonly nameOf: (contender: T) => string;
}

/** With fewer folds, each one is at least half of the value. */
const MIN_FOLDS = 3;

/** Relative lead without the fold below which the change of winner counts as chance. */
const MIN_LEAD = 0.01;

/**
 * Reports a fold without which another model would have won, if it is the only such fold. It may contain a break in the
 * data.
 * @param ranked best first
 */
export function decidingFold<T extends Contender>(
  ranked: readonly T[],
  options: NoteOptions<T> & { task: Task },
): string[] {
  const { metric, task, nameOf } = options;
  const [winner] = ranked;
  const selection = winner?.selection;
  if (winner === undefined || selection === undefined || selection.folds < MIN_FOLDS) return [];
  if (isBaseline(winner.family)) return [];
  const winners = Array.from({ length: selection.folds }, (_, fold) => {
    const others = ranked.map((contender) => without(fold, contender));
    return rank(others, metric, task)[0]!;
  });
  const changed = [...winners.keys()].filter((fold) => winners[fold]!.of !== winner);
  const [fold] = changed;
  if (fold === undefined || changed.length > 1) return [];
  const other = winners[fold]!;
  const values = [other, without(fold, winner)].map((each) => decidingValue(each, metric) ?? NaN);
  if (!(Math.abs(values[0]! - values[1]!) > MIN_LEAD * Math.abs(values[1]!))) return [];
  const formatted = values.map((value) => formatNumber(value));
  const place = selection.method === "time_series" ? ` (number ${fold + 1} in time)` : "";
  return [
    `one of ${selection.folds} folds decides the result${place}: without it ${nameOf(other.of)} would win, ${metric} ${formatted.join(" vs ")}`,
  ];
}

function without<T extends Contender>(fold: number, of: T): Contender & { readonly of: T } {
  const { family, metrics, selection, degenerate, error } = of;
  if (selection === undefined) return { family, metrics, degenerate, error, of };
  const values = selection.values.filter((_, i) => i !== fold);
  const left = { ...selection, values, value: aggregateFolds(values, selection.aggregate) };
  return { family, metrics, selection: left, degenerate, error, of };
}

/** A contender with its evaluation on the validation rows, if it could be fitted. */
export interface FittedContender extends Contender {
  readonly fitted: { readonly evaluation: Evaluation } | undefined;
}

/** With more rows the comparison takes a second, and the difference is nearly always significant. */
const MAX_ROWS = 20_000;
const MAX_METRICS = 4;

/**
 * Reports that the first two models do not differ significantly on the validation rows, with the metrics in which the
 * second is better: choosing the second for other reasons costs nothing measurable.
 * @param ranked best first
 */
export function doubtfulLead<T extends FittedContender>(
  ranked: readonly T[],
  { metric, seed, nameOf }: NoteOptions<T> & { seed: number },
): string[] {
  const [first, second] = ranked;
  if (first === undefined || second === undefined || !isComparable(first) || !isComparable(second)) return [];
  const [own, other] = [first.fitted!.evaluation, second.fitted!.evaluation];
  const rows = own.yTrue.length;
  if (rows > MAX_ROWS) return [];
  const [found] = compareEvaluations(other, own, [metric], { seed });
  if (found === undefined || found.verdict === "real" || found.interval === null) return [];
  const name = nameOf(first);
  const otherName = nameOf(second) === name ? "the second-ranked model" : nameOf(second);
  const values = `${metric} ${formatNumber(found.b)} vs ${formatNumber(found.a)}`;
  const interval = `95 % interval of the difference ${found.interval.map((end) => formatNumber(end)).join(" to ")}`;
  const ahead = metricsAhead(second, first, own.task);
  const others = ahead.length === 0 ? "" : `; ${otherName} is better in ${ahead.join(", ")}`;
  const finding =
    rows < MIN_ROWS
      ? `${rows} validation rows are too few to compare ${name} and ${otherName} (at least ${MIN_ROWS} are needed)`
      : `no significant difference between ${name} and ${otherName} on ${rows} validation rows`;
  return [`${finding}: ${values} (${interval})${others}`];
}

/** Excludes models that folds rank, and models that learned nothing. */
function isComparable({ family, selection, degenerate, fitted }: FittedContender): boolean {
  return fitted !== undefined && selection === undefined && degenerate === undefined && !isBaseline(family);
}

function metricsAhead({ metrics }: Contender, { metrics: others }: Contender, task: Task): string[] {
  const ahead = Object.entries(metrics).filter(([name, value]) => {
    const other = others[name] ?? null;
    if (value === null || other === null) return false;
    return findMetric(name, task).greaterIsBetter ? value > other : value < other;
  });
  return ahead.slice(0, MAX_METRICS).map(([name]) => name);
}
