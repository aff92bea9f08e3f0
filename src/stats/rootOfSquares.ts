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
