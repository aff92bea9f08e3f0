/** Values that can be reckoned with, without a copy where that is all of them. */
import { finiteValues } from "./finiteValues.ts";

/** The same array where nothing is missing or infinite: a million values need no copy. Not to be written to. */
export function presentValues(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return finiteValues(values);
  return values;
}
