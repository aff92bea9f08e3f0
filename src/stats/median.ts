/** Median. */
import { quantile } from "./quantile.ts";

/** The mean of the two middle values for an even count. Ignores NaN; NaN without values. */
export function median(values: Float64Array): number {
  return quantile(values, 0.5);
}
