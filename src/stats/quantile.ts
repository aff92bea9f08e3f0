/** Quantile of values in any order. */
import { quantileSorted } from "./quantileSorted.ts";

/** As `quantileSorted`; missing values (NaN) are ignored. For several quantiles of one column sort once instead. */
export function quantile(values: Float64Array, share: number): number {
  return quantileSorted(values.filter((value) => !Number.isNaN(value)).toSorted(), share);
}
