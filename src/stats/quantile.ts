/** Quantile of unsorted values. */
import { quantileSorted } from "./quantileSorted.ts";

/** Like `quantileSorted`; ignores missing values (NaN). For several quantiles of a column use `quantilesOf`. */
export function quantile(values: Float64Array, share: number): number {
  return quantileSorted(values.filter((value) => !Number.isNaN(value)).toSorted(), share);
}
