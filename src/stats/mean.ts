/** Arithmetic mean. Ignores missing values (NaN). NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let shift = NaN;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    // Sums differences from the first value: the mean of a constant column is exact, and dates do not lose precision.
    if (count === 0) shift = value;
    if (value !== shift) sum += value - shift;
    count++;
  }
  if (count === 0) return NaN;
  const result = shift + sum / count;
  return Number.isFinite(result) ? result : meanOfShares(values, count);
}

/** The same where the differences overflow: of finite values, no partial sum of shares does. */
function meanOfShares(values: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) sum += values[i]! / count;
  return sum;
}
