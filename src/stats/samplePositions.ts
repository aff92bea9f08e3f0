/** Samples of positions, and counts of categories. */
import { random } from "../core/random.ts";
import type { CategoryColumn } from "../core/table/table.ts";

/**
 * Each subset of `sampleSize` positions is equally likely (Knuth's algorithm S). All positions if `count` is not larger.
 * @returns ascending
 */
export function samplePositions(count: number, { seed, sampleSize }: { seed: number; sampleSize: number }): Int32Array {
  if (count <= sampleSize) return Int32Array.from({ length: count }, (_, i) => i);
  const { uniform } = random(seed);
  const positions = new Int32Array(sampleSize);
  let taken = 0;
  for (let i = 0; taken < sampleSize; i++) {
    if (uniform() * (count - i) < sampleSize - taken) positions[taken++] = i;
  }
  return positions;
}

/** Ascending positions of all rows, or of a seeded sample if there are more than `maximum`. */
export function sampledRows(count: number, maximum: number): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return count <= maximum ? rows : random(0).shuffle(rows).subarray(0, maximum).toSorted();
}

/** Positions of at most `maximum` of `count` rows, evenly spaced and ascending. */
export function evenRows(count: number, maximum: number): Int32Array {
  const step = Math.max(1, count / maximum);
  return Int32Array.from({ length: Math.min(count, maximum) }, (_, i) => Math.floor(i * step));
}

/** Counts the rows of each category. */
export function rowsByCode({ codes, categories }: CategoryColumn): Float64Array {
  const rows = new Float64Array(categories.length);
  // By index, because an iterator over millions of values takes several times as long.
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) rows[codes[row]!]!++;
  return rows;
}

/** Categories that occur, most frequent first, ties in string order. Skips unused entries of the dictionary. */
export function countCategories(column: CategoryColumn): { readonly category: string; readonly count: number }[] {
  const counts = rowsByCode(column);
  return column.categories
    .map((category, code) => ({ category, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1));
}

/** One array of several, in their order. */
export function concatenated(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
