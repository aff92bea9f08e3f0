/** Two-sample chi-square test: do both samples come from one distribution of categories? */
import { total } from "./sharesOf.ts";
import { chiSquareSurvival } from "../stats/distributions.ts";

/**
 * Equal to scipy.stats.chi2_contingency([reference, current], correction=False) without the categories that are empty
 * on both sides. If only one category is left: statistic 0, p-value 1.
 * @param reference number of rows by category, (n_categories)
 * @param current   number of rows by the same categories in the same order, which must not depend on the counts: groups
 *   of rare categories that are listed by their count in the reference would differ without any drift
 * @param options.leastExpected pools categories with fewer expected rows than this on either side. With fewer than five
 *   the approximation is poor (Cochran, 1954), and columns with many such categories would raise false alarms
 * @throws {RangeError} if a side has no rows, or the lengths differ
 */
export function chiSquare(reference: Float64Array, current: Float64Array, { leastExpected = 0 } = {}) {
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

/** Number of rows of a category: [reference, current]. */
type Cell = readonly [number, number];

function cellsOf(reference: Float64Array, current: Float64Array): Cell[] {
  return Array.from(reference, (count, i): Cell => [count, current[i]!]).filter(([a, b]) => a + b > 0);
}

/**
 * Merges rare cells, most frequent first, into groups that are not rare. The remainder joins the last group, or the
 * smallest other cell. Uses only the sums of both sides and, for equal sums, the given order, so that pooling does not
 * bias the test without drift.
 */
function pooled(cells: readonly Cell[], options: { rows: Cell; leastExpected: number }): readonly Cell[] {
  const { rows, leastExpected } = options;
  const smallerShare = Math.min(rows[0], rows[1]) / (rows[0] + rows[1]);
  const isRare = ([a, b]: Cell): boolean => (a + b) * smallerShare < leastExpected;
  const bySize = cells.toSorted((x, y) => y[0] + y[1] - (x[0] + x[1]));
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

function join(x: Cell, y: Cell): Cell {
  return [x[0] + y[0], x[1] + y[1]];
}
