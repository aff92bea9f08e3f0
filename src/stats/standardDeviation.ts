/** Standard deviation. */
import { mean } from "./mean.ts";

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

/**
 * √(Σ v² / divisor). Squares that overflow, or lose digits because they are subnormal, are computed of scaled values, as
 * in LAPACK's dnrm2. NaN and infinite values give NaN or Infinity.
 */
export function rootOfSquares(values: Float64Array, divisor = 1): number {
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! ** 2;
    largest = Math.max(largest, Math.abs(values[i]!));
  }
  if (areExact(sum) || largest === 0 || !Number.isFinite(largest)) return Math.sqrt(sum / divisor);
  sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! / largest) ** 2;
  return largest * Math.sqrt(sum / divisor);
}

/** Whether a sum of squares neither overflowed nor lost digits to underflow. */
export function areExact(squares: number): boolean {
  return squares > 1e-290 && squares < Infinity;
}
