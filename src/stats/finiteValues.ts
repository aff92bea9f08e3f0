/** Values that are neither missing (NaN) nor infinite. */

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
