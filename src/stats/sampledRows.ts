import { random } from "../core/random.ts";

/** Ascending positions of all rows, or of a seeded sample if there are more than `maximum`. */
export function sampledRows(count: number, maximum: number): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return count <= maximum ? rows : random(0).shuffle(rows).subarray(0, maximum).toSorted();
}
