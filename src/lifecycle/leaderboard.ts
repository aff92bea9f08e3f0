/** Leaderboard: the candidates of one training, best first. */
import type { Task } from "../core/task.ts";
import { findMetric } from "../metrics/findMetric.ts";

/** What ranks a candidate. */
export interface Contender {
  readonly family: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Why its answers are worthless, see pipeline/degenerate. */
  readonly degenerate: string | undefined;
  readonly error: unknown;
}

/**
 * Best value of the metric first. A model that learned nothing (the baseline, or one that answers the same for every
 * row) comes after every model that did, one without a value of the metric after those with one, a failed one last.
 */
export function rank<T extends Contender>(contenders: readonly T[], metricName: string, task: Task): T[] {
  const metric = findMetric(metricName, task);
  const tier = ({ error, degenerate, family, metrics }: T): number => {
    if (error !== undefined) return 3;
    if (!Number.isFinite(metrics[metric.name])) return 2;
    return degenerate === undefined && family !== "baseline" ? 0 : 1;
  };
  const value = ({ metrics }: T): number => (metric.greaterIsBetter ? -1 : 1) * (metrics[metric.name] ?? 0);
  return contenders.toSorted((a, b) => tier(a) - tier(b) || value(a) - value(b));
}
