/** Whether one fold alone chose the winner. */
import { formatNumber } from "../core/format.ts";
import type { Task } from "../core/task.ts";
import { aggregateFolds } from "../pipeline/fit/aggregateFolds.ts";
import { decidingValue, rank, type Contender } from "./leaderboard.ts";

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
  if (winner.family === "baseline") return [];
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
