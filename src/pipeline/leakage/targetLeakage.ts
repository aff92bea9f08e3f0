/** Leakage: a column that alone gives the target away. */
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { findMetric } from "../../metrics/findMetric.ts";

/** From this AUC, or |correlation|, on a single column is too good to be an honest input. */
const SUSPICIOUS = 0.999;
/** Fewer rows than this can be separated by chance. */
const FEWEST_ROWS = 30;
/** So can fewer rows than this outside the largest class. */
const FEWEST_OF_A_CLASS = 5;

export interface Suspect {
  readonly column: string;
  readonly reason: string;
}

/**
 * Looks at each input column by itself: numbers by Pearson correlation (regression) or AUC (binary), categories and
 * numbers of few values by how purely each value stands for one class. Returns the columns above 0.999.
 */
export function targetLeakage(inputs: Table, y: Float64Array, target: TargetSpec): Suspect[] {
  return inputs.columns.flatMap((column) => {
    const reason = target.task === "regression" ? tooLike(column, y) : tooTelling(column, y, target);
    return reason === undefined ? [] : [{ column: column.name, reason }];
  });
}

function tooLike(column: Column, y: Float64Array): string | undefined {
  const correlation = column.kind === "category" ? 0 : Math.abs(pearson(column.values, y));
  return correlation >= SUSPICIOUS ? `it correlates with the target (${correlation.toFixed(4)})` : undefined;
}

function tooTelling(column: Column, y: Float64Array, { task }: TargetSpec): string | undefined {
  const isCategory = column.kind === "category";
  const cells = isCategory ? Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code)) : column.values;
  const rows = Array.from(cells.keys()).filter((row) => !Number.isNaN(cells[row]!));
  const [present, classes] = [Float64Array.from(rows, (row) => cells[row]!), Float64Array.from(rows, (row) => y[row]!)];
  if (rows.length < FEWEST_ROWS || oneSided(classes)) return undefined;
  const auc = isCategory || task !== "binary" ? 0 : separation(present, classes);
  if (auc >= SUSPICIOUS) return `it alone separates the classes (ROC AUC ${auc.toFixed(4)})`;
  const pure = purity(present, classes);
  if (pure < SUSPICIOUS) return undefined;
  return `${(100 * pure).toFixed(1)} % of its rows are of one class per ${isCategory ? "category" : "value"}`;
}

/** AUC of the column as a score, whichever way it points. */
function separation(probabilities: Float64Array, yTrue: Float64Array): number {
  const yPred = new Float64Array(yTrue.length);
  const evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities } as const;
  const auc = findMetric("roc_auc", "binary").compute(evaluation);
  return Math.max(auc, 1 - auc);
}

/** Sums in variables of their own, and no call for NaN: a third of the time of the same with a list of sums. */
function pearson(values: Float64Array, y: Float64Array): number {
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumYY = 0;
  let sumXY = 0;
  const originX = values.find((value) => value === value) ?? 0;
  const originY = y[0] ?? 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value !== value) continue;
    const dx = value - originX;
    const dy = y[row]! - originY;
    n++;
    sumX += dx;
    sumY += dy;
    sumXX += dx * dx;
    sumYY += dy * dy;
    sumXY += dx * dy;
  }
  const spread = Math.sqrt((sumXX - (sumX * sumX) / n) * (sumYY - (sumY * sumY) / n));
  return n < FEWEST_ROWS || !(spread > 0) ? 0 : (sumXY - (sumX * sumY) / n) / spread;
}

/** With nearly all rows in one class every value is pure. */
function oneSided(classes: Float64Array): boolean {
  const largest = Math.max(...countsOf(classes).values());
  return largest > 0.99 * classes.length || classes.length - largest < FEWEST_OF_A_CLASS;
}

/** Share of rows in the most common class of their value; 0 where values are too many to mean anything. */
function purity(cells: Float64Array, classes: Float64Array): number {
  const classesOf = new Map<number, number[]>();
  cells.forEach((cell, row) => {
    const known = classesOf.get(cell);
    if (known === undefined) classesOf.set(cell, [classes[row]!]);
    else known.push(classes[row]!);
  });
  if (classesOf.size > cells.length / 10) return 0;
  let pure = 0;
  for (const found of classesOf.values()) pure += Math.max(...countsOf(found).values());
  return pure / cells.length;
}

function countsOf(codes: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
