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
