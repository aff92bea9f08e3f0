/** Finite values, without a copy if all are finite. */
import { finiteValues } from "./finiteValues.ts";

/** Arrays known to be finite, so that several drift tests of the same column scan it once. */
const complete = new WeakSet<Float64Array>();

/** Returns `values` itself if nothing is missing or infinite. Neither it nor the result may be modified. */
export function presentValues(values: Float64Array): Float64Array {
  if (complete.has(values)) return values;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return finiteValues(values);
  complete.add(values);
  return values;
}
