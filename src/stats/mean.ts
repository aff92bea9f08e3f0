/** Arithmetic mean. */

/** Missing values (NaN) are ignored; no value gives NaN. */
export function mean(values: ArrayLike<number>): number {
  let shift = NaN;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    // Sums differences from the first value: a constant column gives exactly its constant, and dates lose no digits.
    if (count === 0) shift = value;
    if (value !== shift) sum += value - shift;
    count++;
  }
  return count === 0 ? NaN : shift + sum / count;
}
