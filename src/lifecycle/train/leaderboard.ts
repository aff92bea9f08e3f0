/** Ranks the candidates of one training, best first, and notes how sure the ranking is. */
import { isBaseline } from "../../estimators/findEstimator.ts";
import type { Evaluation } from "../../core/metric.ts";
import { formatNumber } from "../../core/text/format.ts";
import type { Selection } from "../../core/records/lineage.ts";
import type { Task } from "../../core/table/table.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, MIN_ROWS } from "../../pipeline/judge/compareEvaluations.ts";

export interface Contender {
  readonly family: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Cross-validation result. If present, it ranks the candidate instead of `metrics`. */
  readonly selection?: Selection | undefined;
  /** Why its predictions are useless (constant, for example), see pipeline/judge/degenerate.ts. */
  readonly degenerate: string | undefined;
  readonly error: unknown;
  /** With its evaluation on the validation rows, if it could be fitted. */
  readonly fitted?: { readonly evaluation: Evaluation } | undefined;
}

/** The value that ranks a contender: over the folds if there are any, else on the validation rows. */
function decidingValue({ metrics, selection }: Contender, metric: string): number | null {
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
  const { name } = findMetric(metricName, task);
  const own = winner === undefined ? null : decidingValue(winner, name);
  if (own === null || isBaseline(winner!.family)) return [];
  const ahead = others.find(
    (contender) => isBaseline(contender.family) && isBetter(decidingValue(contender, name), own, name, task),
  );
  if (ahead === undefined) return [];
  const values = `${name} ${formatNumber(decidingValue(ahead, name))} vs ${formatNumber(own)}`;
  const named = ahead.family === "baseline" ? "the baseline" : `the baseline ${ahead.family}`;
  return [`${named} is better than the best model ${where}: ${values}`];
}

/** With more rows the comparison takes a second, and the difference is nearly always significant. */
const MAX_ROWS = 20_000;
const MAX_METRICS = 4;

/**
 * Reports that the first two models do not differ significantly on the validation rows, with the metrics in which the
 * second is better: choosing the second for other reasons costs nothing measurable.
 * @param ranked best first
 */
export function doubtfulLead<T extends Contender>(
  ranked: readonly T[],
  { metric, seed, nameOf }: { metric: string; seed: number; nameOf: (contender: T) => string },
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
  const ahead = Object.keys(second.metrics).filter((each) =>
    isBetter(second.metrics[each], first.metrics[each], each, own.task),
  );
  const others = ahead.length === 0 ? "" : `; ${otherName} is better in ${ahead.slice(0, MAX_METRICS).join(", ")}`;
  const finding =
    rows < MIN_ROWS
      ? `${rows} validation rows are too few to compare ${name} and ${otherName} (at least ${MIN_ROWS} are needed)`
      : `no significant difference between ${name} and ${otherName} on ${rows} validation rows`;
  return [`${finding}: ${values} (${interval})${others}`];
}

/** Excludes models that folds rank, and models that learned nothing. */
function isComparable({ family, selection, degenerate, fitted }: Contender): boolean {
  return fitted !== undefined && selection === undefined && degenerate === undefined && !isBaseline(family);
}

/** False if one of them is undefined. */
function isBetter(value: number | null | undefined, than: typeof value, metric: string, task: Task): boolean {
  if ((value ?? null) === null || (than ?? null) === null) return false;
  return findMetric(metric, task).greaterIsBetter ? value! > than! : value! < than!;
}
