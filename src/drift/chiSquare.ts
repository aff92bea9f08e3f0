/** Two-sample chi-square test: could both samples come from one distribution of categories? */
import { random } from "../core/random.ts";
import { chiSquareSurvival } from "../stats/distributions/chiSquareSurvival.ts";

export interface ChiSquare {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

export interface ChiSquareOptions {
  /**
   * Categories of which fewer rows than this are expected on either side are pooled with other rare ones: below
   * five the chi-square distribution no longer fits (Cochran, 1954) and columns of many such would alarm. 0: none.
   */
  readonly leastExpected?: number;
}

/**
 * Equal to scipy.stats.chi2_contingency([reference, current], correction=False) without the categories that neither
 * side has. One category left: statistic 0, p-value 1.
 *
 * @param reference rows by category, (n_categories)
 * @param current   rows by category, the same categories in the same order
 * @throws {RangeError} if a side has no row, or the lengths differ
 */
export function chiSquare(
  reference: Float64Array,
  current: Float64Array,
  { leastExpected = 0 }: ChiSquareOptions = {},
): ChiSquare {
  if (reference.length !== current.length) throw new RangeError("a chi-square test needs the same categories");
  const rows: Cell = [total(reference), total(current)];
  if (rows[0] === 0 || rows[1] === 0) throw new RangeError("a chi-square test needs rows on both sides");
  const cells = pooled(cellsOf(reference, current), { rows, leastExpected });
  let statistic = 0;
  for (const cell of cells) {
    const share = (cell[0] + cell[1]) / (rows[0] + rows[1]);
    for (const side of [0, 1] as const) statistic += (cell[side] - rows[side] * share) ** 2 / (rows[side] * share);
  }
  const degreesOfFreedom = cells.length - 1;
  if (degreesOfFreedom === 0) return { statistic: 0, degreesOfFreedom, pValue: 1 };
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) };
}

/** Rows of one category in the reference and now. */
type Cell = readonly [number, number];

function cellsOf(reference: Float64Array, current: Float64Array): Cell[] {
  return Array.from(reference, (count, i): Cell => [count, current[i]!]).filter(([a, b]) => a + b > 0);
}

/**
 * Joins rare cells, the most frequent first, into groups that are rare no more; what is left at the end joins the last
 * group, or the smallest other cell. Only the sums of both sides decide, so that under no drift nothing is favoured.
 */
function pooled(cells: readonly Cell[], options: { rows: Cell; leastExpected: number }): readonly Cell[] {
  const { rows, leastExpected } = options;
  const smallerShare = Math.min(rows[0], rows[1]) / (rows[0] + rows[1]);
  const isRare = ([a, b]: Cell): boolean => (a + b) * smallerShare < leastExpected;
  const bySize = shuffled(cells).toSorted((x, y) => y[0] + y[1] - (x[0] + x[1]));
  const groups = bySize.filter((cell) => !isRare(cell));
  let group: Cell = [0, 0];
  for (const cell of bySize.filter(isRare)) {
    group = join(group, cell);
    if (isRare(group)) continue;
    groups.push(group);
    group = [0, 0];
  }
  if (group[0] + group[1] === 0) return groups;
  const last = groups.pop();
  return [...groups, last === undefined ? group : join(last, group)];
}

/**
 * Cells of the same size go in an order that neither side has a say in: callers list them by the reference's count,
 * and groups of those that it has most of would differ from the next without any drift.
 */
function shuffled(cells: readonly Cell[]): readonly Cell[] {
  return random(cells.length).shuffle([...cells]);
}

function join(x: Cell, y: Cell): Cell {
  return [x[0] + y[0], x[1] + y[1]];
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
