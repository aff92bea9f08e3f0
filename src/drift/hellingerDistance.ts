/** Hellinger distance: how far two distributions over bins or categories lie apart, 0 to 1. */
import { sharesOf } from "./sharesOf.ts";

/**
 * √(½ Σ (√p − √q)²), which is √(1 − Σ √(p q)) without its loss of digits near 0.
 *
 * @param reference rows by bin or category
 * @param current   rows by the same ones in the same order
 * @throws {RangeError} if a side has no row
 * @see Hellinger, Neue Begründung der Theorie quadratischer Formen (1909)
 */
export function hellingerDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  const sum = p.reduce((before, share, i) => before + (Math.sqrt(share) - Math.sqrt(q[i]!)) ** 2, 0);
  return Math.sqrt(sum / 2);
}
