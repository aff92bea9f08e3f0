/** Total variation distance: the share of rows that would have to change bin or category, 0 to 1. */
import { sharesOf } from "./sharesOf.ts";

/**
 * ½ Σ |p − q|.
 * @param reference number of rows by bin or category, the same ones as in `current`
 * @throws {RangeError} if a side has no rows
 */
export function totalVariationDistance(reference: Float64Array, current: Float64Array): number {
  const { reference: p, current: q } = sharesOf(reference, current);
  return p.reduce((sum, share, i) => sum + Math.abs(share - q[i]!), 0) / 2;
}
