/** The middle value. */
import { quantile } from "./quantile.ts";

/** The mean of the two middle ones for an even number of values; NaN is ignored, no value gives NaN. */
export function median(values: Float64Array): number {
  return quantile(values, 0.5);
}
