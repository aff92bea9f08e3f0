/** Standard deviation. */
import { mean } from "./mean.ts";
import { areExact, rootOfSquares } from "./rootOfSquares.ts";

/**
 * Ignores missing values (NaN).
 * @param options.ddof delta degrees of freedom: 1 (default) for a sample like pandas, 0 for a population like numpy
 * @returns NaN unless there are more than `ddof` values, and with infinite values
 */
export function standardDeviation(values: ArrayLike<number>, { ddof = 1 }: { readonly ddof?: number } = {}): number {
  const center = mean(values);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += (value - center) ** 2;
    count++;
  }
  if (!(count > ddof) || Number.isNaN(sum)) return NaN;
  if (areExact(sum)) return Math.sqrt(sum / (count - ddof));
  // Halves, because the difference of two large numbers may overflow as well.
  const halves = Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : value / 2 - center / 2));
  return 2 * rootOfSquares(halves, count - ddof);
}
