/** Columns that number groups of rows with one target, as a patient has one diagnosis at all visits. */
import type { Column, Task } from "../../core/table/table.ts";

/** With fewer groups, or fewer rows of the rarer classes, rows of a group are alike by chance. */
const LEAST_GROUPS = 20;
const LEAST_ROWS = 20;
/** Share of the rows of the rarer classes whose group has no row of another class. */
const ALIKE = 0.95;

/**
 * Whether rows of one value nearly always have the same target, and most rows share their value with others. With rows of
 * one group in training and test, a model looks good that only recognises the groups.
 * @param y class codes, or values: (n_samples)
 */
export function numbersGroups(column: Column, y: Float64Array, task: Task): boolean {
  const isCategory = column.kind === "category";
  if (!isCategory && (column.kind !== "number" || !column.values.every(isWholeOrMissing))) return false;
  const cells = isCategory ? column.codes : column.values;
  const counts = new Map<number, number>();
  for (const value of y) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (task === "regression" && counts.size < LEAST_GROUPS) return false;
  const [largest] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
  const groups = new Map<number, { rows: number; rarer: number; isAlike: boolean; readonly target: number }>();
  for (const [row, target] of y.entries()) {
    const cell = cells[row]!;
    if (isCategory ? cell < 0 : Number.isNaN(cell)) continue;
    const group = groups.get(cell) ?? { rows: 0, rarer: 0, isAlike: true, target };
    groups.set(cell, group);
    group.rows++;
    if (target !== largest) group.rarer++;
    if (target !== group.target) group.isAlike = false;
  }
  const repeated = [...groups.values()].filter(({ rows }) => rows > 1);
  const sum = (of: typeof repeated, key: "rows" | "rarer"): number => of.reduce((total, each) => total + each[key], 0);
  const rarer = sum(repeated, "rarer");
  const alike = repeated.filter(({ isAlike }) => isAlike);
  const isLarge = repeated.length >= LEAST_GROUPS && 2 * sum(repeated, "rows") >= y.length && rarer >= LEAST_ROWS;
  return isLarge && sum(alike, "rarer") >= ALIKE * rarer;
}

function isWholeOrMissing(value: number): boolean {
  return Number.isInteger(value) || Number.isNaN(value);
}
