/** Total variation distance: the share of rows that would have to change their bin or category, 0 to 1. */
import { sharesOf } from "./sharesOf.ts";

/**
 * ½ Σ |p − q|.
 *
 * @param reference rows by bin or category
 * @param current   rows by the same ones in the same order
 * @throws {RangeError} if a side has no row
 */
export function totalVariationDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  return p.reduce((sum, share, i) => sum + Math.abs(share - q[i]!), 0) / 2;
}
