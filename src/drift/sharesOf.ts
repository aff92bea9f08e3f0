/** Converts counts by bin or category to shares of their sum. */

/** @throws {RangeError} if a side has no rows, or the lengths differ */
export function sharesOf(reference: Float64Array, current: Float64Array) {
  if (reference.length !== current.length) throw new RangeError("a distance needs the same categories on both sides");
  return { reference: shares(reference), current: shares(current) };
}

function shares(counts: Float64Array): Float64Array {
  const sum = total(counts);
  if (!(sum > 0)) throw new RangeError("a distance needs rows on both sides");
  return counts.map((count) => count / sum);
}

export function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
