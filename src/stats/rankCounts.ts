/** Counts values at and between given points: an empirical distribution without sorting. */

/** Grid cells per point: most cells contain at most one point, so that the binary search is short. */
const CELLS_PER_POINT = 4;

/**
 * About O(n + k) for n values and k evenly distributed points; O(n log k) in the worst case.
 * @param points ascending, distinct, without NaN, (n_points)
 * @param values without NaN
 * @returns counts, (2 n_points + 1): below the first point, at it, between it and the second, at the second, …, above
 */
export function rankCounts(points: Float64Array, values: Float64Array): Float64Array {
  const counts = new Float64Array(2 * points.length + 1);
  if (points.length === 0) return counts.fill(values.length);
  const { first, scale, cells, starts } = gridOf(points);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // cellOf, inlined: a million values take two thirds of the time.
    const place = (value - first) * scale;
    const cell = place > 0 ? (place >= cells ? cells - 1 : place | 0) : 0;
    let low = starts[cell]!;
    let high = starts[cell + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (points[middle]! < value) low = middle + 1;
      else high = middle;
    }
    counts[points[low] === value ? 2 * low + 1 : 2 * low]!++;
  }
  return counts;
}

interface Grid {
  readonly first: number;
  readonly scale: number;
  readonly cells: number;
  /** Number of points in smaller cells, (n_cells + 1). */
  readonly starts: Int32Array;
}

/**
 * Cells of equal width over the points; monotonic even with rounding. So the points in smaller cells are smaller than a
 * value, and the points in larger cells larger.
 */
function gridOf(points: Float64Array): Grid {
  const first = points[0]!;
  const cells = points.length * CELLS_PER_POINT;
  const width = points.at(-1)! - first;
  const scale = width > 0 && width < Infinity ? (cells - 1) / width : 0;
  const starts = new Int32Array(cells + 1);
  for (const point of points) starts[cellOf(point, { first, scale, cells }) + 1]!++;
  for (let cell = 1; cell <= cells; cell++) starts[cell]! += starts[cell - 1]!;
  return { first, scale, cells, starts };
}

function cellOf(value: number, { first, scale, cells }: Omit<Grid, "starts">): number {
  const place = (value - first) * scale;
  // Negated to include NaN, from an infinite value times a scale of 0.
  if (!(place > 0)) return 0;
  return place >= cells ? cells - 1 : place | 0;
}

export interface Ranks {
  /** The distinct values of the small sample, ascending. */
  readonly points: Float64Array;
  /** Result of `rankCounts`. */
  readonly counts: Float64Array;
}

/** By the large sample; an entry lives as long as its array. */
const counted = new WeakMap<Float64Array, { readonly small: Float64Array; readonly ranks: Ranks }>();

/** @param small without NaN; neither sample may be modified */
export function ranksBetween(small: Float64Array, large: Float64Array): Ranks {
  const known = counted.get(large);
  if (known?.small === small) return known.ranks;
  const sorted = small.toSorted();
  const points = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const ranks = { points, counts: rankCounts(points, large) };
  counted.set(large, { small, ranks });
  return ranks;
}

export type TieCounts = Readonly<ReturnType<typeof tieCounts>>;

/** O(n log n). @param first without NaN  @param second without NaN @returns counts in either of each distinct value of both, ascending */
export function tieCounts(first: Float64Array, second: Float64Array) {
  const [x, y] = [first.toSorted(), second.toSorted()];
  const counts = { first: new Float64Array(x.length + y.length), second: new Float64Array(x.length + y.length) };
  let [i, j, distinct] = [0, 0, 0];
  while (i < x.length || j < y.length) {
    const value = Math.min(x[i] ?? Infinity, y[j] ?? Infinity);
    const [firstBefore, secondBefore] = [i, j];
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    counts.first[distinct] = i - firstBefore;
    counts.second[distinct++] = j - secondBefore;
  }
  return { first: counts.first.slice(0, distinct), second: counts.second.slice(0, distinct) };
}
