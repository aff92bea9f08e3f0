/** How many rows of a table are copies of an earlier one. */
import type { Column, Table } from "../core/table.ts";

/**
 * Share of rows that equal an earlier row in every column. Rows are told apart by 53 bits of a hash: of a million
 * rows two different ones are taken for equal once in some ten thousand tables. O(rows × columns).
 */
export function duplicateShare({ rowCount, columns }: Table): number {
  if (rowCount === 0) return 0;
  const low = new Int32Array(rowCount).fill(0x811c9dc5);
  const high = new Int32Array(rowCount).fill(0x9e3779b9 | 0);
  for (const column of columns) mixIn(column, low, high);
  const seen = new Set<number>();
  for (let row = 0; row < rowCount; row++) seen.add((low[row]! >>> 0) * 0x20_0000 + (high[row]! >>> 11));
  return (rowCount - seen.size) / rowCount;
}

/** The words of each value go through MurmurHash3's finalizer, once with each of two constants. */
function mixIn(column: Column, low: Int32Array, high: Int32Array): void {
  const words = column.kind === "category" ? null : wordsOf(column.values);
  for (let row = 0; row < low.length; row++) {
    const first = words === null ? (column.kind === "category" ? column.codes[row]! : 0) : words[2 * row]!;
    const second = words === null ? 0 : words[2 * row + 1]!;
    low[row] = mix(mix(low[row]! ^ first) ^ second);
    high[row] = mix(Math.imul(mix(high[row]! + first) ^ second, 0x5bd1e995));
  }
}

/** −0 is 0, and every missing value the same. */
function wordsOf(values: Float64Array): Int32Array {
  const plain = values.map((value) => (Number.isNaN(value) ? NaN : value + 0));
  return new Int32Array(plain.buffer);
}

function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
