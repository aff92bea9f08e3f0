/** Ranks the candidates of one training, best first. */
import { isBaseline } from "../../estimators/findEstimator.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Selection } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { findMetric } from "../../metrics/findMetric.ts";

/** A candidate with the values that rank it. */
export interface Contender {
  readonly family: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Cross-validation result. If present, it ranks the candidate instead of `metrics`. */
  readonly selection?: Selection | undefined;
  /** Why its predictions are useless (constant, for example), see pipeline/judge/degenerate.ts. */
  readonly degenerate: string | undefined;
  readonly error: unknown;
}

/** The value that ranks a contender: over the folds if there are any, else on the validation rows. */
export function decidingValue({ metrics, selection }: Contender, metric: string): number | null {
  return selection === undefined ? (metrics[metric] ?? null) : selection.value;
}

/**
 * Best value of the metric first. Models that learned nothing (the baseline, and models with constant predictions) come
 * after the others, then models without a value of the metric, then failed ones.
 */
export function rank<T extends Contender>(contenders: readonly T[], metricName: string, task: Task): T[] {
  const metric = findMetric(metricName, task);
  const tier = (contender: T): number => {
    if (contender.error !== undefined) return 4;
    if (!Number.isFinite(decidingValue(contender, metric.name))) return isBaseline(contender.family) ? 3 : 2;
    return contender.degenerate === undefined && !isBaseline(contender.family) ? 0 : 1;
  };
  const value = (contender: T): number =>
    (metric.greaterIsBetter ? -1 : 1) * (decidingValue(contender, metric.name) ?? 0);
  return contenders.toSorted((a, b) => tier(a) - tier(b) || value(a) - value(b));
}

/** Reports a baseline that has a better value than the winner: a baseline never wins, so this would go unnoticed. */
export function baselineAhead(
  ranked: readonly Contender[],
  metricName: string,
  task: Task,
  where = ranked[0]?.selection === undefined ? "on the validation rows" : "on the folds",
): string[] {
  const [winner, ...others] = ranked;
  const { greaterIsBetter, name } = findMetric(metricName, task);
  const own = winner === undefined ? null : decidingValue(winner, name);
  if (own === null || isBaseline(winner!.family)) return [];
  const ahead = others.find((contender) => {
    const value = isBaseline(contender.family) ? decidingValue(contender, name) : null;
    return value !== null && (greaterIsBetter ? value > own : value < own);
  });
  if (ahead === undefined) return [];
  const values = `${name} ${formatNumber(decidingValue(ahead, name))} vs ${formatNumber(own)}`;
  const named = ahead.family === "baseline" ? "the baseline" : `the baseline ${ahead.family}`;
  return [`${named} is better than the best model ${where}: ${values}`];
}
