/** Compares two models on the same rows: difference of each metric, and whether it is more than noise. */
import { finiteOrNull } from "../../core/json.ts";
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { pairedBootstrap } from "../../metrics/bootstrapInterval.ts";

/** With fewer rows an interval depends on single rows. */
export const MIN_ROWS = 30;

/** Smallest relevant difference: absolute for metrics between 0 and 1, else as a share of the first model's value. */
const SMALLEST_EFFECT = 0.02;

export interface MetricDifference {
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  readonly a: number | null;
  readonly b: number | null;
  /** b − a; null if either is undefined. */
  readonly difference: number | null;
  /** By a paired bootstrap. */
  readonly interval: readonly [number, number] | null;
  /** Share of resamples in which the second is strictly better. */
  readonly shareBetter: number | null;
  readonly smallestEffect: number | null;
  /** "real": the interval excludes 0; "within_noise": it holds no relevant difference either. */
  readonly verdict: "real" | "within_noise" | "cannot_tell";
  /** Why the verdict is "cannot_tell"; else null. */
  readonly reason: string | null;
}

/** @throws {RangeError} if the two are not on the same rows */
export function compareEvaluations(
  first: Evaluation,
  second: Evaluation,
  names: readonly string[],
  options: {
    readonly seed: number;
    /** Default 0.95. */
    readonly confidence?: number;
    readonly smallestEffects?: Readonly<Record<string, number>>;
  },
): MetricDifference[] {
  return names.map((name) => {
    const metric = findMetric(name, first.task);
    const [a, b] = [metric.compute(first), metric.compute(second)];
    const { difference, interval, shareBetter } = pairedBootstrap(first, second, metric, options);
    const smallest = options.smallestEffects?.[metric.name] ?? SMALLEST_EFFECT * (metric.unbounded ? Math.abs(a) : 1);
    const rows = first.yTrue.length;
    return {
      metric: metric.name,
      greaterIsBetter: metric.greaterIsBetter,
      a: finiteOrNull(a),
      b: finiteOrNull(b),
      difference: finiteOrNull(difference),
      interval,
      shareBetter: interval === null ? null : shareBetter,
      smallestEffect: finiteOrNull(smallest),
      ...verdictOf(difference, interval, { smallest, rows }),
    };
  });
}

function verdictOf(
  difference: number,
  interval: readonly [number, number] | null,
  { smallest, rows }: { smallest: number; rows: number },
): Pick<MetricDifference, "verdict" | "reason"> {
  if (!Number.isFinite(difference) || interval === null) return open("undefined on these rows");
  if (rows < MIN_ROWS) return open(`only ${rows} rows, at least ${MIN_ROWS} are needed`);
  const [low, high] = interval;
  if (low > 0 || high < 0) return { verdict: "real", reason: null };
  if (Math.max(-low, high) <= smallest) return { verdict: "within_noise", reason: null };
  return open("the interval includes both zero and a meaningful difference");
}

function open(reason: string): Pick<MetricDifference, "verdict" | "reason"> {
  return { verdict: "cannot_tell", reason };
}

/** How much worse the second model is; negative if it is better. */
export function dropOf({ difference, greaterIsBetter }: MetricDifference): number {
  return difference === null ? NaN : (greaterIsBetter ? -difference : difference) + 0; // no −0
}
