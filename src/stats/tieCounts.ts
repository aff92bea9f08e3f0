/** Counts each distinct value in both of two samples, for rank tests. */

export interface TieCounts {
  /** Count in the first sample of each distinct value of both samples, ascending. */
  readonly first: Float64Array;
  /** Count in the second sample of the same values. */
  readonly second: Float64Array;
}

/** O(n log n). @param first without NaN  @param second without NaN */
export function tieCounts(first: Float64Array, second: Float64Array): TieCounts {
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
