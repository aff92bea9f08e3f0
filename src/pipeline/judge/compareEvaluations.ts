/** Two models on the same rows: by how much they differ, and whether that is more than luck. */
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { pairedBootstrap } from "../../metrics/pairedBootstrap.ts";

/** Below this an interval hangs on single rows. */
export const FEWEST_ROWS = 30;

/** What counts as a difference at all: of metrics between 0 and 1 as it is, of others as a share of the first's value. */
export const SMALLEST_EFFECT = 0.02;

/**
 * "real": the 95 % interval of the difference leaves 0 out. "within_noise": it holds 0, and every difference in it is
 * below the smallest effect that counts. "cannot_tell": it holds 0 and also differences that would count, or there are
 * fewer than 30 rows, or the metric is undefined.
 */
export type DifferenceVerdict = "real" | "within_noise" | "cannot_tell";

export interface MetricDifference {
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  readonly a: number | null;
  readonly b: number | null;
  /** b − a; null where either is undefined. */
  readonly difference: number | null;
  /** 95 %, paired bootstrap. */
  readonly interval: readonly [number, number] | null;
  /** Share of resamples in which the second is strictly better. */
  readonly shareBetter: number | null;
  readonly smallestEffect: number | null;
  readonly verdict: DifferenceVerdict;
  /** What speaks for the verdict where it is not the interval alone. */
  readonly reason: string | null;
}

export interface ComparisonOptions {
  readonly seed: number;
  /** By name of the metric, in its units; SMALLEST_EFFECT for the others. */
  readonly smallestEffects?: Readonly<Record<string, number>>;
}

/** @throws {RangeError} if the two are not about the same rows */
export function compareEvaluations(
  first: Evaluation,
  second: Evaluation,
  names: readonly string[],
  options: ComparisonOptions,
): MetricDifference[] {
  return names.map((name) => {
    const metric = findMetric(name, first.task);
    const [a, b] = [metric.compute(first), metric.compute(second)];
    const { difference, interval, shareBetter } = pairedBootstrap(first, second, metric, { seed: options.seed });
    const smallest = options.smallestEffects?.[metric.name] ?? SMALLEST_EFFECT * (metric.unbounded ? Math.abs(a) : 1);
    const rows = first.yTrue.length;
    return {
      metric: metric.name,
      greaterIsBetter: metric.greaterIsBetter,
      a: finite(a),
      b: finite(b),
      difference: finite(difference),
      interval,
      shareBetter: interval === null ? null : shareBetter,
      smallestEffect: finite(smallest),
      ...judged({ difference, interval, smallest, rows }),
    };
  });
}

interface Figures {
  readonly difference: number;
  readonly interval: readonly [number, number] | null;
  readonly smallest: number;
  readonly rows: number;
}

function judged({ difference, interval, smallest, rows }: Figures): Pick<MetricDifference, "verdict" | "reason"> {
  if (!Number.isFinite(difference) || interval === null) return open("undefined on these rows");
  if (rows < FEWEST_ROWS) return open(`${rows} rows are fewer than ${FEWEST_ROWS}`);
  const [low, high] = interval;
  if (low > 0 || high < 0) return { verdict: "real", reason: null };
  if (Math.max(-low, high) <= smallest) return { verdict: "within_noise", reason: null };
  return open("the interval holds no difference as well as one that counts");
}

function open(reason: string): Pick<MetricDifference, "verdict" | "reason"> {
  return { verdict: "cannot_tell", reason };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** By how much the second is worse: positive where it is. */
export function dropOf({ difference, greaterIsBetter }: MetricDifference): number {
  return difference === null ? NaN : (greaterIsBetter ? -difference : difference) + 0; // no −0
}
