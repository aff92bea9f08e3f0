/** How many rows of a table are copies of an earlier one. */
import type { Column, Table } from "../core/table.ts";

/**
 * Share of rows that equal an earlier row in every column. Rows are told apart by 64 bits of a hash: of a million
 * rows two different ones are taken for equal once in some ten million tables. O(rows × columns).
 */
export function duplicateShare({ rowCount, columns }: Table): number {
  if (rowCount === 0) return 0;
  const low = new Int32Array(rowCount).fill(0x811c9dc5);
  const high = new Int32Array(rowCount).fill(0x9e3779b9 | 0);
  for (const column of columns) mixIn(column, low, high);
  return (rowCount - distinctPairs(low, high)) / rowCount;
}

/** By a hash table with open addressing: a Set would make an object of each of a million pairs. */
function distinctPairs(low: Int32Array, high: Int32Array): number {
  const mask = 2 ** Math.ceil(Math.log2(2 * low.length)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  let distinct = 0;
  for (let row = 0; row < low.length; row++) {
    let slot = low[row]! & mask;
    while (slots[slot]! >= 0 && (low[slots[slot]!] !== low[row] || high[slots[slot]!] !== high[row]))
      slot = (slot + 1) & mask;
    if (slots[slot]! >= 0) continue;
    slots[slot] = row;
    distinct++;
  }
  return distinct;
}

/** The words of each value go through MurmurHash3's finalizer, once with each of two constants. */
function mixIn(column: Column, low: Int32Array, high: Int32Array): void {
  if (column.kind === "category") {
    const { codes } = column;
    for (let row = 0; row < low.length; row++) {
      low[row] = mix(mix(low[row]! ^ codes[row]!));
      high[row] = mix(Math.imul(mix(high[row]! + codes[row]!), 0x5bd1e995));
    }
    return;
  }
  const words = wordsOf(column.values);
  for (let row = 0; row < low.length; row++) {
    const [first, second] = [words[2 * row]!, words[2 * row + 1]!];
    low[row] = mix(mix(low[row]! ^ first) ^ second);
    high[row] = mix(Math.imul(mix(high[row]! + first) ^ second, 0x5bd1e995));
  }
}

/** −0 is 0, and every missing value the same. */
function wordsOf(values: Float64Array): Int32Array {
  const plain = new Float64Array(values.length);
  for (let row = 0; row < plain.length; row++) plain[row] = Number.isNaN(values[row]!) ? NaN : values[row]! + 0;
  return new Int32Array(plain.buffer);
}

function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
