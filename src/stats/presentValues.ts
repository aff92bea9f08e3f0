/** Values that can be reckoned with, without a copy where that is all of them. */
import { finiteValues } from "./finiteValues.ts";

/** Looked at once, and gone with the values: drift tests, their effect and the checks before them ask one after another. */
const complete = new WeakSet<Float64Array>();

/** The same array where nothing is missing or infinite: a million values need no copy. Not to be written to. */
export function presentValues(values: Float64Array): Float64Array {
  if (complete.has(values)) return values;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return finiteValues(values);
  complete.add(values);
  return values;
}
