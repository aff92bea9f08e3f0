/** Standard deviation. */
import { mean } from "./mean.ts";

/**
 * Ignores missing values (NaN).
 * @param options.ddof delta degrees of freedom: 1 (default) for a sample like pandas, 0 for a population like numpy
 * @returns NaN unless there are more than `ddof` values
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
  return count > ddof ? Math.sqrt(sum / (count - ddof)) : NaN;
}
