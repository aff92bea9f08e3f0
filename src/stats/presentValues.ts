/** Values that are neither missing (NaN) nor infinite. */

/** Arrays known to be finite, so that several drift tests of the same column scan it once. */
const complete = new WeakSet<Float64Array>();

/** Returns `values` itself if nothing is missing or infinite. Neither it nor the result may be modified. */
export function presentValues(values: Float64Array): Float64Array {
  if (complete.has(values)) return values;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return finiteValues(values);
  complete.add(values);
  return values;
}

/** A copy without NaN and ±Infinity, in the same order. */
export function finiteValues(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) kept[count++] = value;
  }
  return count === kept.length ? kept : kept.slice(0, count);
}
