/** Bin counts and shares as Evidently computes them for its distances. */
import { extentOf } from "../../stats/extentOf.ts";
import type { Side } from "../compareColumn.ts";

/**
 * Counts in bins of equal width over both samples; the number of bins follows Sturges' rule for `size` values. Equals
 * numpy.histogram_bin_edges(…, bins="sturges") and numpy.histogram to the last bit. The last bin is closed.
 */
export function sturgesCounts({ reference, current }: Side, size: number): Side {
  const [a, b] = [extentOf(reference), extentOf(current)];
  let [first, last] = [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
  const width = (last - first) / (Math.log2(size) + 1);
  const bins = width > 0 ? Math.ceil((last - first) / width) : 1;
  if (first === last) [first, last] = [first - 0.5, last + 0.5];
  const step = (last - first) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : i * step + first));
  return { reference: countIn(reference, edges, step), current: countIn(current, edges, step) };
}

function countIn(values: Float64Array, edges: Float64Array, step: number): Float64Array {
  const bins = edges.length - 1;
  const counts = new Float64Array(bins);
  for (const value of values) {
    // The quotient may be off by a rounding error, so compare with the edges.
    let bin = Math.min(bins - 1, Math.max(0, Math.floor((value - edges[0]!) / step)));
    while (bin > 0 && value < edges[bin]!) bin--;
    while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

/** Shares with empty cells filled: with 1e-4, or a millionth of the smallest share if that is at most 1e-4. */
export function filledShares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => count / total);
  const smallest = shares.reduce((least, share) => (share > 0 ? Math.min(least, share) : least), Infinity);
  const filler = smallest <= 1e-4 ? smallest / 1e6 : 1e-4;
  return shares.map((share) => (share === 0 ? filler : share));
}
