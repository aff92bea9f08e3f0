/** Several quantiles of unsorted values, without sorting all of them. */
import { extentOf } from "./extentOf.ts";
import { lowerBound } from "./lowerBound.ts";
import { quantileSorted } from "./quantileSorted.ts";

/** Up to this many values a plain sort is faster. */
const FEW = 20_000;

/** Number of grid cells: about fifteen values per cell for a million evenly distributed values. */
const CELLS = 65_536;

/**
 * Like `quantileSorted` of the sorted values, but for many values only the grid cells that contain a quantile are sorted.
 * O(n), unless most values are concentrated in a tiny part of the range.
 * @param values finite
 * @returns in the order of `shares`; NaN for each without values
 */
export function quantilesOf(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.length <= FEW ? values.toSorted() : sortedNear(values, shares);
  return shares.map((share) => quantileSorted(sorted, share));
}

/** Sorted values at the positions that the quantiles read; other positions are not meaningful. */
function sortedNear(values: Float64Array, shares: readonly number[]): Float64Array {
  const cellOf = gridOf(values);
  const starts = new Int32Array(CELLS + 1);
  for (let i = 0; i < values.length; i++) starts[cellOf(values[i]!) + 1]!++;
  for (let cell = 1; cell <= CELLS; cell++) starts[cell]! += starts[cell - 1]!;
  const isWanted = new Uint8Array(CELLS);
  for (const share of shares) {
    const place = Math.floor(share * (values.length - 1));
    for (const at of [place, Math.min(place + 1, values.length - 1)]) isWanted[lowerBound(starts, at + 1) - 1] = 1;
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

/** Cells of equal width between minimum and maximum; monotonic even with rounding. */
function gridOf(values: Float64Array): (value: number) => number {
  const [low, high] = extentOf(values);
  const width = high - low;
  const scale = width > 0 && width < Infinity ? (CELLS - 1) / width : 0;
  // If width is so small that scale is infinite, 0 × scale is NaN, which | turns into 0.
  return (value) => Math.min(CELLS - 1, (value - low) * scale) | 0;
}
