/** What there is to know of a column of numbers in a few figures. */
import { mean } from "./mean.ts";
import { presentValues } from "./presentValues.ts";
import { quantilesOf } from "./quantilesOf.ts";
import { standardDeviation } from "./standardDeviation.ts";

export interface ColumnStatistics {
  /** Finite values. */
  readonly count: number;
  /** NaN where there is no value, as the next one is where there is one alone. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** At each whole percent, the ends included; empty where there is no value. */
  readonly quantiles: readonly number[];
}

/** Whole percents. */
const QUANTILE_STEPS = 100;
const SHARES = Array.from({ length: QUANTILE_STEPS + 1 }, (_, i) => i / QUANTILE_STEPS);

/** Gone with the values. */
const known = new WeakMap<Float64Array, ColumnStatistics>();

/**
 * Infinite numbers count as missing: JSON cannot hold them. Worked out once for each array, which nobody may write to:
 * the signature and the reference of every model of a training ask for those of the same columns, and training has
 * them made while trees grow in another thread.
 */
export function columnStatistics(values: Float64Array): ColumnStatistics {
  const before = known.get(values);
  if (before !== undefined) return before;
  const present = presentValues(values);
  const figures = {
    count: present.length,
    mean: mean(present),
    standardDeviation: standardDeviation(present),
    quantiles: present.length === 0 ? [] : quantilesOf(present, SHARES),
  };
  known.set(values, figures);
  return figures;
}
