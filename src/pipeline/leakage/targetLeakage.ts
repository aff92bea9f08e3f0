/** Target leakage: finds single columns that predict the target almost perfectly. */
import { type TargetSpec, type Column, type Table, selectValues } from "../../core/table/table.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { samplePositions } from "../../stats/samplePositions.ts";

/** Absolute correlation or purity at or above which a column is reported, */
const SUSPICIOUS = 0.999;
/** and AUC: the best single column of eleven public tables has 0.62 to 0.87, one that is known too late 0.994. */
const SUSPICIOUS_AUC = 0.99;
/** Fewer rows match by chance: in all, and outside the largest class. */
const MIN_ROWS = 30;
const MIN_MINORITY_ROWS = 5;
/** With more rows, a column is looked at in a sample of this size first, */
const SAMPLE_ROWS = 20_000;
/** and in all rows only if its value in the sample is at least this: below, chance does not explain the difference. */
const WORTH_A_LOOK = 0.99;
const AUC_WORTH_A_LOOK = 0.985;
/** On average; with fewer, every value is pure by chance. */
export const MIN_ROWS_PER_VALUE = 10;

/** Share of one class among the rows in which a column is filled (or empty), at or above which the column is reported, */
const NEARLY_ONLY = 0.99;
/** if other classes would have this number of these rows by chance, */
const LEAST_EXPECTED = 10;
/** and are not rare: a kind of rows that is never the rare class has columns of its own. */
const LEAST_OTHERS = 0.1;

export type Suspect = { readonly column: string; readonly reason: string };

/** In fewer rows per class, a column has few changes of class by chance. */
const MIN_ROWS_PER_CLASS = 5;

/**
 * Checks each input column by itself: numbers by Pearson correlation (regression), AUC (binary) or changes of class in
 * ascending order (several classes), categories and few numbers by the share of the most common class of their value. For
 * classes, being missing or not counts as a value, too.
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

function classReason(column: Column, y: Float64Array, target: TargetSpec): string | undefined {
  const isCategory = column.kind === "category";
  const cells = isCategory ? Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code)) : column.values;
  const rows = presentRows(cells);
  const byMissing = rows && missingReason(rows, y, target);
  if (byMissing !== undefined) return byMissing;
  const [present, classes] = rows === undefined ? [cells, y] : [selectValues(cells, rows), selectValues(y, rows)];
  if (present.length < MIN_ROWS || isImbalanced(classes)) return undefined;
  const kind = isCategory ? "category" : target.task === "binary" ? "number of two classes" : "number";
  if (present.length > 2 * SAMPLE_ROWS && !isWorthALook(present, classes, kind)) return undefined;
  const auc = kind === "number of two classes" ? separation(present, classes) : 0;
  if (auc >= SUSPICIOUS_AUC) return `it alone separates the classes (ROC AUC ${auc.toFixed(4)})`;
  if (kind === "number" && isBanded(present, classes, SUSPICIOUS)) return "its ranges determine the class";
  const pure = purity(present, classes);
  if (pure < SUSPICIOUS) return undefined;
  return `its ${isCategory ? "category" : "value"} determines the class in ${(100 * pure).toFixed(1)} % of its rows`;
}

/**
 * A column that is filled (or empty) in at least half of the rows of one class and in hardly any other row, as the reason of
 * a cancellation is. O(n).
 */
function missingReason(present: Int32Array, y: Float64Array, { name, classes = [] }: TargetSpec): string | undefined {
  const [all, filled] = [countsOf(y), countsOf(selectValues(y, present))];
  const states = { filled, empty: all.map((rows, code) => rows - (filled[code] ?? 0)) };
  for (const [state, counts] of Object.entries(states)) {
    const rows = state === "filled" ? present.length : y.length - present.length;
    const own = Math.max(...counts);
    const code = counts.indexOf(own);
    const [ofClass, others] = [all[code] ?? 0, y.length - (all[code] ?? 0)];
    const isByChance = (rows * others) / y.length < LEAST_EXPECTED || others < LEAST_OTHERS * y.length;
    if (isByChance || own < NEARLY_ONLY * rows || own < ofClass / 2) continue;
    return `it is ${state} in ${own} of ${ofClass} rows of class "${classes[code] ?? code}" and in ${rows - own} of ${others} others: is it known before "${name}" is?`;
  }
  return undefined;
}

type Kind = "category" | "number" | "number of two classes";

/** Whether a random sample leaves a doubt. Ranking a column of millions of rows takes longer than training on it. */
function isWorthALook(values: Float64Array, classes: Float64Array, kind: Kind): boolean {
  const rows = sampleOf(values.length);
  const [some, theirs] = [selectValues(values, rows), selectValues(classes, rows)];
  if (kind === "number of two classes" && separation(some, theirs) >= AUC_WORTH_A_LOOK) return true;
  if (kind === "number" && isBanded(some, theirs, WORTH_A_LOOK)) return true;
  return mayBePure(some, theirs, values.length);
}

/** Kept for the next column, which mostly has as many values. */
let drawn: { readonly count: number; readonly positions: Int32Array } | undefined;

export function sampleOf(count: number): Int32Array {
  if (drawn?.count !== count)
    drawn = { count, positions: samplePositions(count, { seed: 0, sampleSize: SAMPLE_ROWS }) };
  return drawn.positions;
}

/** The same as `purity` for values that are in the sample twice. @param rowCount of which the sample was drawn */
function mayBePure(cells: Float64Array, classes: Float64Array, rowCount: number): boolean {
  const repeated = [...Map.groupBy(cells.keys(), (row) => cells[row]!).values()].filter((rows) => rows.length > 1);
  const rows = repeated.reduce((sum, { length }) => sum + length, 0);
  // The expected number if all are equally frequent; otherwise it is larger.
  const mostValues = rowCount / MIN_ROWS_PER_VALUE;
  const leastRepeated = cells.length * (1 - Math.exp(-cells.length / mostValues));
  return rows >= leastRepeated / 2 && pureRows(repeated, classes) >= WORTH_A_LOOK * rows;
}

/** Undefined if that is all of them. */
function presentRows(cells: Float64Array): Int32Array | undefined {
  let first = 0;
  while (first < cells.length && cells[first] === cells[first]) first++;
  if (first === cells.length) return undefined;
  const rows = new Int32Array(cells.length);
  let count = 0;
  for (let row = 0; row < cells.length; row++) if (cells[row] === cells[row]) rows[count++] = row;
  return rows.subarray(0, count);
}

/** AUC of the column as a score, in the better direction; by choice, for any metric that ranks the models. */
export function separation(probabilities: Float64Array, yTrue: Float64Array): number {
  const yPred = new Float64Array(yTrue.length);
  const evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities } as const;
  const auc = findMetric("roc_auc", "binary").compute(evaluation);
  return Math.max(auc, 1 - auc);
}

/** Whether each class has a range of values of its own: in ascending order, the class changes hardly more than it must. */
function isBanded(values: Float64Array, classes: Float64Array, share: number): boolean {
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
  return classCount > 2 && changes - (classCount - 1) <= (1 - share) * values.length;
}

/** Local sums and no isNaN call: takes a third of the time of a version with an array of sums. */
function pearson(values: Float64Array, y: Float64Array): number {
  let [n, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
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

/** Of the target, which all columns without missing values are compared with. */
const imbalanced = new WeakMap<Float64Array, boolean>();

/** If nearly all rows have the same class, every value is pure. */
function isImbalanced(classes: Float64Array): boolean {
  const known = imbalanced.get(classes);
  if (known !== undefined) return known;
  const largest = Math.max(...countsOf(classes));
  const result = largest > 0.99 * classes.length || classes.length - largest < MIN_MINORITY_ROWS;
  imbalanced.set(classes, result);
  return result;
}

/** Share of rows in the most common class of their value; 0 if there are too many distinct values. */
function purity(cells: Float64Array, classes: Float64Array): number {
  const rowsOf = Map.groupBy(cells.keys(), (row) => cells[row]!);
  if (rowsOf.size > cells.length / MIN_ROWS_PER_VALUE) return 0;
  return pureRows(rowsOf.values(), classes) / cells.length;
}

function pureRows(groups: Iterable<readonly number[]>, classes: Float64Array): number {
  let pure = 0;
  for (const rows of groups) pure += Math.max(...countsOf(rows.map((row) => classes[row]!)));
  return pure;
}

/** By class code. */
function countsOf(codes: Float64Array | readonly number[]): number[] {
  const counts: number[] = [];
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    while (counts.length <= code) counts.push(0);
    counts[code]!++;
  }
  return counts;
}
