/** Summary statistics of a column of numbers. */
import { mean } from "./mean.ts";
import { presentValues } from "./presentValues.ts";
import { quantilesOf } from "./quantilesOf.ts";
import { standardDeviation } from "./standardDeviation.ts";

export interface ColumnStatistics {
  /** Number of finite values. */
  readonly count: number;
  /** NaN without values. */
  readonly mean: number;
  /** Sample standard deviation (n − 1); NaN for fewer than two values. */
  readonly standardDeviation: number;
  /** At 0 %, 1 %, …, 100 %; empty without values. */
  readonly quantiles: readonly number[];
}

const QUANTILE_STEPS = 100;
const SHARES = Array.from({ length: QUANTILE_STEPS + 1 }, (_, i) => i / QUANTILE_STEPS);

/** Weak: an entry lives as long as its array. */
const cache = new WeakMap<Float64Array, ColumnStatistics>();

/**
 * Infinite numbers count as missing, because JSON cannot represent them. Cached by array, which must not be modified:
 * training computes them while another thread grows trees.
 */
export function columnStatistics(values: Float64Array): ColumnStatistics {
  const cached = cache.get(values);
  if (cached !== undefined) return cached;
  const present = presentValues(values);
  const statistics = {
    count: present.length,
    mean: mean(present),
    standardDeviation: standardDeviation(present),
    quantiles: present.length === 0 ? [] : quantilesOf(present, SHARES),
  };
  cache.set(values, statistics);
  return statistics;
}
