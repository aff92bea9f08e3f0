/** Whether one fold alone chose the winner. */
import { isBaseline } from "../../estimators/findEstimator.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Task } from "../../core/task.ts";
import { aggregateFolds } from "../../pipeline/fit/aggregateFolds.ts";
import { decidingValue, rank, type Contender } from "./leaderboard.ts";
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations } from "../../pipeline/judge/compareEvaluations.ts";

export interface DecidingFoldOptions<T> {
  readonly metric: string;
  readonly task: Task;
  /** What people call it: the family and, where there are several, the features. */
  readonly nameOf: (contender: T) => string;
}

/** Fewer are each half of the figure or all of it. */
const LEAST_FOLDS = 3;

/** A lead of less than one percent without the fold is chance, not a break. */
const WORTH_TELLING = 0.01;

/**
 * Told where without one fold, and without no other, another would have won. One fold is seldom worth more than all
 * others together, but it may hold a break in the data.
 * @param ranked best first
 */
export function decidingFold<T extends Contender>(ranked: readonly T[], options: DecidingFoldOptions<T>): string[] {
  const { metric, task, nameOf } = options;
  const [winner] = ranked;
  const selection = winner?.selection;
  if (winner === undefined || selection === undefined || selection.folds < LEAST_FOLDS) return [];
  if (isBaseline(winner.family)) return [];
  const winners = Array.from({ length: selection.folds }, (_, fold) => {
    const [first] = rank(
      ranked.map((of) => without(fold, of)),
      metric,
      task,
    );
    return first!;
  });
  const changed = [...winners.keys()].filter((fold) => winners[fold]!.of !== winner);
  const [fold] = changed;
  if (fold === undefined || changed.length > 1) return [];
  const other = winners[fold]!;
  const values = [other, without(fold, winner)].map((each) => decidingValue(each, metric) ?? NaN);
  if (!(Math.abs(values[0]! - values[1]!) > WORTH_TELLING * Math.abs(values[1]!))) return [];
  const figures = values.map((value) => formatNumber(value));
  const place = selection.method === "time_series" ? `, number ${fold + 1} in time` : "";
  return [
    `one of ${selection.folds} folds decides${place}: without it ${nameOf(other.of)} would win, ${metric} ${figures.join(" against ")}`,
  ];
}

function without<T extends Contender>(fold: number, of: T): Contender & { readonly of: T } {
  const { family, metrics, selection, degenerate, error } = of;
  if (selection === undefined) return { family, metrics, degenerate, error, of };
  const values = selection.values.filter((_, i) => i !== fold);
  const left = { ...selection, values, value: aggregateFolds(values, selection.aggregate) };
  return { family, metrics, selection: left, degenerate, error, of };
}

/** Whether the winner of a leaderboard won by luck. */
export interface DoubtfulLeadOptions<T> {
  readonly metric: string;
  readonly seed: number;
  /** What people call it: the family and, where there are several, the features. */
  readonly nameOf: (contender: T) => string;
}

/** A contender that was fitted has answers to the validation rows. */
export interface Answered extends Contender {
  readonly fitted: { readonly evaluation: Evaluation } | undefined;
}

/** Of more rows the comparison takes a second, and seldom leaves a doubt. */
const MOST_ROWS = 20_000;
const MOST_METRICS = 4;

/**
 * Told where the first two cannot be told apart on the validation rows that chose between them, with the metrics in
 * which the second is ahead: whoever prefers it for another reason loses nothing that can be shown.
 * @param ranked best first
 */
export function doubtfulLead<T extends Answered>(
  ranked: readonly T[],
  { metric, seed, nameOf }: DoubtfulLeadOptions<T>,
): string[] {
  const [first, second] = ranked;
  if (first === undefined || second === undefined || !isSerious(first) || !isSerious(second)) return [];
  const [own, other] = [first.fitted!.evaluation, second.fitted!.evaluation];
  const rows = own.yTrue.length;
  if (rows > MOST_ROWS) return [];
  const [found] = compareEvaluations(other, own, [metric], { seed });
  if (found === undefined || found.verdict === "real" || found.interval === null) return [];
  const name = nameOf(first);
  const otherName = nameOf(second) === name ? "the second in rank" : nameOf(second);
  const figures = `${metric} ${formatNumber(found.b)} against ${formatNumber(found.a)}`;
  const interval = `95 % interval of the difference ${found.interval.map((end) => formatNumber(end)).join(" to ")}`;
  const ahead = metricsAhead(second, first, own.task);
  const others = ahead.length === 0 ? "" : `; ${otherName} is ahead in ${ahead.join(", ")}`;
  return [
    `${name} and ${otherName} cannot be told apart on ${rows} validation rows: ${figures} (${interval})${others}`,
  ];
}

/** Where folds choose, the validation rows do not; a model that learned nothing is no rival. */
function isSerious({ family, selection, degenerate, fitted }: Answered): boolean {
  return fitted !== undefined && selection === undefined && degenerate === undefined && !isBaseline(family);
}

function metricsAhead({ metrics }: Answered, { metrics: others }: Answered, task: Evaluation["task"]): string[] {
  const ahead = Object.entries(metrics).filter(([name, value]) => {
    const other = others[name] ?? null;
    if (value === null || other === null) return false;
    return findMetric(name, task).greaterIsBetter ? value > other : value < other;
  });
  return ahead.slice(0, MOST_METRICS).map(([name]) => name);
}
