/** Median. */
import { quantileSorted } from "./quantileSorted.ts";

/** The mean of the two middle values for an even count. Ignores NaN; NaN without values. */
export function median(values: Float64Array): number {
  return quantileSorted(values.filter((value) => !Number.isNaN(value)).toSorted(), 0.5);
}
