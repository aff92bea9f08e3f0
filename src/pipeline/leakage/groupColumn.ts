/** Columns that number groups of rows with one target, as a patient has one diagnosis at all visits. */
import type { Column, Task } from "../../core/table/table.ts";
import { hasIdName } from "../../features/automatic.ts";

/** With fewer groups, or fewer rows of the rarer classes, rows of a group are alike by chance. */
const LEAST_GROUPS = 20;
const LEAST_ROWS = 20;
/** Share of the rows of the rarer classes that most other rows of their group agree with; by chance it is below one half. */
const ALIKE = 0.8;
/** Share of the variance of a number that is between the groups: more than the means of a category usually explain. */
const BETWEEN = 0.95;

/** Multiple of the variance that rows of one value explain, up to which a line through the neighbours predicts its mean. */
const SMOOTH = 3;

/** Of more groups, some are looked at with all their rows: a map of a million groups would take a gigabyte. */
const ENOUGH_GROUPS = 2000;
/** With more rows, numbers are not looked at, because how many differ is not known. */
const MOST_NUMBERS = 200_000;

interface Group {
  rows: number;
  sum: number;
  readonly counts: Map<number, number>;
}

/**
 * Whether rows of one value have nearly the same target, and most rows share their value with others. With rows of one
 * group in training and test, a model looks good that only recognises the groups.
 * @param y class codes, or values: (n_samples)
 */
export function numbersGroups(column: Column, y: Float64Array, task: Task): boolean {
  const isCategory = column.kind === "category";
  if (!isCategory && (y.length > MOST_NUMBERS || column.kind !== "number" || !column.values.every(isWholeOrMissing)))
    return false;
  const cells = isCategory ? column.codes : column.values;
  // Groups of two rows on average at least.
  const values = isCategory ? column.categories.length : new Set(cells).size;
  if (2 * values > y.length) return false;
  const every = Math.max(1, Math.floor(values / ENOUGH_GROUPS));
  const groups = new Map<number, Group>();
  let looked = 0;
  for (const [row, target] of y.entries()) {
    const cell = cells[row]!;
    if (cell % every !== 0) continue;
    looked++;
    if (isCategory ? cell < 0 : Number.isNaN(cell)) continue;
    const group = groups.get(cell) ?? { rows: 0, sum: 0, counts: new Map<number, number>() };
    groups.set(cell, group);
    group.rows++;
    group.sum += target;
    if (task !== "regression") group.counts.set(target, (group.counts.get(target) ?? 0) + 1);
  }
  const repeated = new Map([...groups].filter(([, { rows }]) => rows > 1));
  const rows = repeated.values().reduce((sum, group) => sum + group.rows, 0);
  if (repeated.size < LEAST_GROUPS || 2 * rows < looked) return false;
  if (task !== "regression") return isAlike([...repeated.values()]);
  const within = withinGroups(cells, y, repeated);
  if (within === undefined) return false;
  return isCategory || hasIdName(column.name) || !isSmooth(repeated, within);
}

function isAlike(groups: readonly Group[]): boolean {
  const all = new Map<number, number>();
  for (const { counts } of groups) for (const [code, rows] of counts) all.set(code, (all.get(code) ?? 0) + rows);
  const [largest] = [...all].reduce((most, each) => (each[1] > most[1] ? each : most));
  let [rarer, agreeing] = [0, 0];
  for (const { counts } of groups) {
    for (const [code, rows] of counts) {
      if (code === largest) continue;
      const most = Math.max(0, ...[...counts].map(([other, count]) => (other === code ? 0 : count)));
      rarer += rows;
      if (rows - 1 > most) agreeing += rows;
    }
  }
  return rarer >= LEAST_ROWS && agreeing >= ALIKE * rarer;
}

/** @returns the mean square within the groups; undefined if they explain less of the variance (intraclass correlation) */
function withinGroups(
  cells: ArrayLike<number>,
  y: Float64Array,
  groups: ReadonlyMap<number, Group>,
): number | undefined {
  const known = Int32Array.from(y.keys()).filter((row) => groups.has(cells[row]!));
  const mean = known.reduce((sum, row) => sum + y[row]!, 0) / known.length;
  let [within, total] = [0, 0];
  for (const row of known) {
    const group = groups.get(cells[row]!)!;
    within += (y[row]! - group.sum / group.rows) ** 2;
    total += (y[row]! - mean) ** 2;
  }
  const square = within / (known.length - groups.size);
  return square <= (1 - BETWEEN) * (total / (known.length - 1)) ? square : undefined;
}

/**
 * Minutes played, unlike the number of a player, say how many points others scored who played a little more or less: each
 * mean is near the line through those of its neighbours, but for the noise of single rows.
 */
function isSmooth(groups: ReadonlyMap<number, Group>, within: number): boolean {
  const sorted = [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([value, { sum, rows }]) => ({ value, mean: sum / rows, rows }));
  let [apart, noise] = [0, 0];
  for (let i = 1; i < sorted.length - 1; i++) {
    const [before, each, after] = [sorted[i - 1]!, sorted[i]!, sorted[i + 1]!];
    const share = (each.value - before.value) / (after.value - before.value);
    apart += (each.mean - (1 - share) * before.mean - share * after.mean) ** 2;
    noise += within * (1 / each.rows + (1 - share) ** 2 / before.rows + share ** 2 / after.rows);
  }
  return apart <= SMOOTH * noise;
}

function isWholeOrMissing(value: number): boolean {
  return Number.isInteger(value) || Number.isNaN(value);
}
