/** Share of rows that are duplicates of an earlier row. */
import type { Table } from "../core/table/table.ts";

/** Rows hashed together, so that hashes and words stay in the L1 cache while the columns are processed. */
const BLOCK_ROWS = 1024;

/**
 * Share of rows that equal an earlier row in every column. Rows are compared by a 64-bit hash: in a table of a million
 * rows, the chance that two different rows collide is about one in forty million. O(rows × columns).
 */
export function duplicateShare({ rowCount, columns }: Table): number {
  if (rowCount === 0) return 0;
  const low = new Int32Array(rowCount).fill(0x811c9dc5);
  const high = new Int32Array(rowCount).fill(0x9e3779b9 | 0);
  const words = new Int32Array(2 * BLOCK_ROWS);
  for (let start = 0; start < rowCount; start += BLOCK_ROWS) {
    const end = Math.min(start + BLOCK_ROWS, rowCount);
    const hashes = { low: low.subarray(start, end), high: high.subarray(start, end) };
    for (const column of columns) {
      if (column.kind === "category") mixCodes(column.codes.subarray(start, end), hashes);
      else mixWords(wordsOf(column.values.subarray(start, end), words), hashes);
    }
  }
  return (rowCount - distinctPairs(low, high)) / rowCount;
}

/** Counts distinct pairs with an open-addressing hash table: a Set would need an object for each of a million pairs. */
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

interface Hashes {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** Mixes both 32-bit words of each value into both hashes with MurmurHash3's finalizer. */
function mixWords(words: Int32Array, { low, high }: Hashes): void {
  for (let row = 0; row < low.length; row++) {
    const first = words[2 * row]!;
    const second = words[2 * row + 1]!;
    low[row] = mix(mix(low[row]! ^ first) ^ second);
    high[row] = mix(Math.imul(mix(high[row]! + first) ^ second, 0x5bd1e995));
  }
}

function mixCodes(codes: Int32Array, { low, high }: Hashes): void {
  for (let row = 0; row < low.length; row++) {
    const code = codes[row]!;
    low[row] = mix(mix(low[row]! ^ code));
    high[row] = mix(Math.imul(mix(high[row]! + code), 0x5bd1e995));
  }
}

/** The bits of the values as 32-bit words, with −0 as 0 and one NaN for all missing values. @param words is overwritten and returned */
function wordsOf(values: Float64Array, words: Int32Array): Int32Array {
  const plain = new Float64Array(words.buffer, words.byteOffset);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    plain[row] = Number.isNaN(value) ? NaN : value + 0;
  }
  return words;
}

function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
