/** Draws a random sample of positions. */
import { random } from "../core/random.ts";

/**
 * Each subset of `sampleSize` positions is equally likely (Knuth's algorithm S). All positions if `count` is not larger.
 * @returns ascending
 */
export function samplePositions(
  count: number,
  { seed, sampleSize }: { readonly seed: number; readonly sampleSize: number },
): Int32Array {
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
