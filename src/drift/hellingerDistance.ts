/** Hellinger distance between two distributions over bins or categories, 0 to 1. */
import { sharesOf } from "./sharesOf.ts";

/**
 * √(½ Σ (√p − √q)²), which equals √(1 − Σ √(p q)) without the cancellation near 0.
 * @param reference number of rows by bin or category, the same ones as in `current`
 * @throws {RangeError} if a side has no rows
 * @see Hellinger, Neue Begründung der Theorie quadratischer Formen (1909)
 */
export function hellingerDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  const sum = p.reduce((before, share, i) => before + (Math.sqrt(share) - Math.sqrt(q[i]!)) ** 2, 0);
  return Math.sqrt(sum / 2);
}
