/** Quantiles of values in any order. */
import { quantileSorted } from "./quantileSorted.ts";

/** Fewer values are sorted: that is quicker than to count them first. */
const FEW = 20_000;

/** Cells of the grid; of a million values that lie about evenly some fifteen fall in each. */
const CELLS = 65_536;

/**
 * As `quantileSorted` of the sorted values. Of many values only those are sorted that lie near a quantile: O(n) unless
 * most of them lie in a hundred-thousandth of their range.
 *
 * @param values finite
 * @returns in the order of `shares`; NaN for each if there is no value
 */
export function quantilesOf(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.length <= FEW ? values.toSorted() : sortedNear(values, shares);
  return shares.map((share) => quantileSorted(sorted, share));
}

/** The sorted values at the places that the quantiles read; what stands elsewhere means nothing. */
function sortedNear(values: Float64Array, shares: readonly number[]): Float64Array {
  const cellOf = gridOf(values);
  const starts = new Int32Array(CELLS + 1);
  for (let i = 0; i < values.length; i++) starts[cellOf(values[i]!) + 1]!++;
  for (let cell = 1; cell <= CELLS; cell++) starts[cell]! += starts[cell - 1]!;
  const isWanted = new Uint8Array(CELLS);
  for (const share of shares) {
    const place = Math.floor(share * (values.length - 1));
    for (const at of [place, Math.min(place + 1, values.length - 1)]) isWanted[cellAt(starts, at)] = 1;
  }
  const sorted = new Float64Array(values.length);
  const next = starts.slice();
  for (let i = 0; i < values.length; i++) {
    const cell = cellOf(values[i]!);
    if (isWanted[cell] === 1) sorted[next[cell]!++] = values[i]!;
  }
  for (let cell = 0; cell < CELLS; cell++)
    if (isWanted[cell] === 1) sorted.subarray(starts[cell], starts[cell + 1]).sort();
  return sorted;
}

/** Cells of equal width between the ends; a larger value never has a smaller cell, rounding or not. */
function gridOf(values: Float64Array): (value: number) => number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const width = high - low;
  const scale = width > 0 && width < Infinity ? (CELLS - 1) / width : 0;
  // A width so small that its inverse is infinite: zero times that is no number, and | makes it 0.
  return (value) => Math.min(CELLS - 1, (value - low) * scale) | 0;
}

/** The cell that holds the value at this place of the sorted ones. */
function cellAt(starts: Int32Array, place: number): number {
  let [low, high] = [0, CELLS];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= place) low = middle;
    else high = middle;
  }
  return low;
}
