/** Target leakage: finds single columns that predict the target almost perfectly. */
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { findMetric } from "../../metrics/findMetric.ts";

/** AUC, absolute correlation or purity at or above which a column is reported. */
const SUSPICIOUS = 0.999;
/** Fewer rows than this can match by chance. */
const MIN_ROWS = 30;
/** The same for rows outside the largest class. */
const MIN_MINORITY_ROWS = 5;

export interface Suspect {
  readonly column: string;
  readonly reason: string;
}

/** In fewer rows per class, a column has few changes of class by chance. */
const MIN_ROWS_PER_CLASS = 5;

/**
 * Checks each input column by itself: numbers by Pearson correlation (regression), AUC (binary) or the number of changes
 * of class in ascending order (several classes), categories and numbers with few distinct values by the share of rows in
 * the most common class of their value.
 */
export function targetLeakage(inputs: Table, y: Float64Array, target: TargetSpec): Suspect[] {
  return inputs.columns.flatMap((column) => {
    const reason = target.task === "regression" ? correlationReason(column, y) : classReason(column, y, target);
    return reason === undefined ? [] : [{ column: column.name, reason }];
  });
}

function correlationReason(column: Column, y: Float64Array): string | undefined {
  const correlation = column.kind === "category" ? 0 : Math.abs(pearson(column.values, y));
  return correlation >= SUSPICIOUS ? `it correlates with the target (${correlation.toFixed(4)})` : undefined;
}

function classReason(column: Column, y: Float64Array, { task }: TargetSpec): string | undefined {
  const isCategory = column.kind === "category";
  const cells = isCategory ? Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code)) : column.values;
  const rows = Array.from(cells.keys()).filter((row) => !Number.isNaN(cells[row]!));
  const [present, classes] = [Float64Array.from(rows, (row) => cells[row]!), Float64Array.from(rows, (row) => y[row]!)];
  if (rows.length < MIN_ROWS || isImbalanced(classes)) return undefined;
  const auc = isCategory || task !== "binary" ? 0 : separation(present, classes);
  if (auc >= SUSPICIOUS) return `it alone separates the classes (ROC AUC ${auc.toFixed(4)})`;
  if (!isCategory && task === "multiclass" && isBanded(present, classes)) return "its ranges determine the class";
  const pure = purity(present, classes);
  if (pure < SUSPICIOUS) return undefined;
  return `its ${isCategory ? "category" : "value"} determines the class in ${(100 * pure).toFixed(1)} % of its rows`;
}

/** AUC of the column as a score, in the better direction; by choice, for any metric that ranks the models. */
function separation(probabilities: Float64Array, yTrue: Float64Array): number {
  const yPred = new Float64Array(yTrue.length);
  const evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities } as const;
  const auc = findMetric("roc_auc", "binary").compute(evaluation);
  return Math.max(auc, 1 - auc);
}

/** Whether each class has a range of values of its own: in ascending order, the class changes hardly more than it must. */
function isBanded(values: Float64Array, classes: Float64Array): boolean {
  const classCount = new Set(classes).size;
  if (values.length < MIN_ROWS_PER_CLASS * classCount) return false;
  const order = Int32Array.from(values.keys()).toSorted((a, b) => values[a]! - values[b]! || classes[a]! - classes[b]!);
  let changes = 0;
  for (let at = 1; at < order.length; at++) {
    const [before, now] = [order[at - 1]!, order[at]!];
    if (classes[now] === classes[before]) continue;
    if (values[now] === values[before]) return false;
    changes++;
  }
  return classCount > 2 && changes - (classCount - 1) <= (1 - SUSPICIOUS) * values.length;
}

/** Local sums and no isNaN call: takes a third of the time of a version with an array of sums. */
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
  const scale = Math.sqrt((sumXX - (sumX * sumX) / n) * (sumYY - (sumY * sumY) / n));
  return n < MIN_ROWS || !(scale > 0) ? 0 : (sumXY - (sumX * sumY) / n) / scale;
}

/** If nearly all rows have the same class, every value is pure. */
function isImbalanced(classes: Float64Array): boolean {
  const largest = Math.max(...countsOf(classes).values());
  return largest > 0.99 * classes.length || classes.length - largest < MIN_MINORITY_ROWS;
}

/** Share of rows in the most common class of their value; 0 if there are too many distinct values. */
function purity(cells: Float64Array, classes: Float64Array): number {
  const rowsOf = Map.groupBy(cells.keys(), (row) => cells[row]!);
  if (rowsOf.size > cells.length / 10) return 0;
  let pure = 0;
  for (const rows of rowsOf.values()) pure += Math.max(...countsOf(rows.map((row) => classes[row]!)).values());
  return pure / cells.length;
}

function countsOf(codes: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
