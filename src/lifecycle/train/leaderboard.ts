/** Leaderboard: the candidates of one training, best first. */
import { isBaseline } from "../../estimators/findEstimator.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Selection } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { findMetric } from "../../metrics/findMetric.ts";

/** What ranks a candidate. */
export interface Contender {
  readonly family: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Where folds of the training part choose: then `metrics` do not. */
  readonly selection?: Selection | undefined;
  /** Why its answers are worthless, see pipeline/degenerate. */
  readonly degenerate: string | undefined;
  readonly error: unknown;
}

/** What a contender is ranked by: its figure over the folds where there are any, else the validation part. */
export function decidingValue({ metrics, selection }: Contender, metric: string): number | null {
  return selection === undefined ? (metrics[metric] ?? null) : selection.value;
}

/**
 * Best value of the metric first. A model that learned nothing (the baseline, or one that answers the same for every
 * row) comes after every model that did, one without a value of the metric after those with one, a failed one last.
 */
export function rank<T extends Contender>(contenders: readonly T[], metricName: string, task: Task): T[] {
  const metric = findMetric(metricName, task);
  const tier = (contender: T): number => {
    if (contender.error !== undefined) return 3;
    if (!Number.isFinite(decidingValue(contender, metric.name))) return 2;
    return contender.degenerate === undefined && !isBaseline(contender.family) ? 0 : 1;
  };
  const value = (contender: T): number =>
    (metric.greaterIsBetter ? -1 : 1) * (decidingValue(contender, metric.name) ?? 0);
  return contenders.toSorted((a, b) => tier(a) - tier(b) || value(a) - value(b));
}

/** Told where a baseline has a better value than the winner: it cannot win, but nobody should miss it. */
export function baselineAhead(ranked: readonly Contender[], metricName: string, task: Task): string[] {
  const [winner, ...others] = ranked;
  const { greaterIsBetter, name } = findMetric(metricName, task);
  const own = winner === undefined ? null : decidingValue(winner, name);
  if (own === null || isBaseline(winner!.family)) return [];
  const ahead = others.find((contender) => {
    const value = isBaseline(contender.family) ? decidingValue(contender, name) : null;
    return value !== null && (greaterIsBetter ? value > own : value < own);
  });
  if (ahead === undefined) return [];
  const where = winner!.selection === undefined ? "on the validation rows" : "on the folds";
  const figures = `${name} ${formatNumber(decidingValue(ahead, name))} against ${formatNumber(own)}`;
  return [`the baseline does better ${where} than the best model: ${figures}`];
}
