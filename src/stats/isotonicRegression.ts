/** Isotonic regression: the non-decreasing function with the smallest squared error. */

export interface Steps {
  /** Ascending and distinct. The function is linear between two points and constant outside. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly sum: number;
  readonly count: number;
}

/**
 * Pool-adjacent-violators algorithm, like scikit-learn's IsotonicRegression(out_of_bounds="clip"). O(n log n).
 * @param x positions, (n_samples), without NaN
 * @param y values, (n_samples), without NaN
 */
export function isotonicRegression(x: Float64Array, y: Float64Array): Steps {
  const blocks: Block[] = [];
  for (const point of distinctPoints(x, y)) {
    let block = point;
    while (blocks.length > 0 && meanOf(blocks.at(-1)!) >= meanOf(block)) block = joined(blocks.pop()!, block);
    blocks.push(block);
  }
  const ends = blocks.flatMap((block) => {
    const value = meanOf(block);
    return [...new Set([block.first, block.last])].map((at) => ({ at, value }));
  });
  return { x: ends.map(({ at }) => at), y: ends.map(({ value }) => value) };
}

function distinctPoints(x: Float64Array, y: Float64Array): Block[] {
  const points: Block[] = [];
  for (const row of Int32Array.from(x.keys()).toSorted((a, b) => x[a]! - x[b]! || a - b)) {
    const point = { first: x[row]!, last: x[row]!, sum: y[row]!, count: 1 };
    const tied = points.at(-1)?.last === point.first ? points.pop() : undefined;
    points.push(tied === undefined ? point : joined(tied, point));
  }
  return points;
}

function joined(left: Block, right: Block): Block {
  return { first: left.first, last: right.last, sum: left.sum + right.sum, count: left.count + right.count };
}

function meanOf({ sum, count }: Block): number {
  return sum / count;
}
