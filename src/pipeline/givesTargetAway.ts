/** Leakage: a column that alone gives the target away. */
import type { Table } from "../core/table.ts";
import type { TargetSpec } from "../core/signature.ts";
import { findMetric } from "../metrics/findMetric.ts";

/** From this AUC, or |correlation|, on a single column is too good to be an honest input. */
const SUSPICIOUS = 0.999;
/** Fewer rows than this can be separated by chance. */
const FEWEST_ROWS = 30;

export interface Suspect {
  readonly column: string;
  readonly reason: string;
}

/**
 * Looks at each input column by itself: numbers by AUC (binary) or Pearson correlation (regression), categories by how
 * purely each of them stands for one class. Returns the columns above 0.999.
 */
export function givesTargetAway(inputs: Table, y: Float64Array, target: TargetSpec): Suspect[] {
  if (inputs.rowCount < FEWEST_ROWS) return [];
  const suspects: Suspect[] = [];
  for (const column of inputs.columns) {
    if (column.kind === "category") {
      const pure = target.task === "regression" || oneSided(y) ? 0 : purity(column.codes, y);
      if (pure >= SUSPICIOUS)
        suspects.push({ column: column.name, reason: `${share(pure)} of its rows are of one class per category` });
    } else if (target.task === "binary") {
      const auc = separation(column.values, y);
      if (auc >= SUSPICIOUS)
        suspects.push({ column: column.name, reason: `it alone separates the classes (ROC AUC ${auc.toFixed(4)})` });
    } else if (target.task === "regression") {
      const correlation = Math.abs(pearson(column.values, y));
      if (correlation >= SUSPICIOUS)
        suspects.push({ column: column.name, reason: `it correlates with the target (${correlation.toFixed(4)})` });
    }
  }
  return suspects;
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

/** AUC of the column as a score, whichever way it points; missing values are left out. */
function separation(values: Float64Array, y: Float64Array): number {
  const rows = Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]!));
  const yTrue = Float64Array.from(rows, (row) => y[row]!);
  const probabilities = Float64Array.from(rows, (row) => values[row]!);
  const evaluation = {
    task: "binary",
    classCount: 2,
    yTrue,
    yPred: new Float64Array(rows.length),
    probabilities,
  } as const;
  const auc = findMetric("roc_auc", "binary").compute(evaluation);
  return rows.length < FEWEST_ROWS || Number.isNaN(auc) ? 0.5 : Math.max(auc, 1 - auc);
}

function pearson(values: Float64Array, y: Float64Array): number {
  let [n, sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
  const [originX, originY] = [values.find((value) => !Number.isNaN(value)) ?? 0, y[0] ?? 0];
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const [dx, dy] = [value - originX, y[row]! - originY];
    n++;
    sumX += dx;
    sumY += dy;
    sumXX += dx * dx;
    sumYY += dy * dy;
    sumXY += dx * dy;
  });
  const spread = Math.sqrt((sumXX - (sumX * sumX) / n) * (sumYY - (sumY * sumY) / n));
  return n < FEWEST_ROWS || !(spread > 0) ? 0 : (sumXY - (sumX * sumY) / n) / spread;
}

/** With nearly all rows in one class every category is pure. */
function oneSided(y: Float64Array): boolean {
  const counts = new Map<number, number>();
  for (const code of y) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Math.max(...counts.values()) > 0.99 * y.length;
}

/** Share of rows in the most common class of their category; 0 where categories are too many to mean anything. */
function purity(codes: Int32Array, y: Float64Array): number {
  const counts = new Map<number, Map<number, number>>();
  let present = 0;
  codes.forEach((code, row) => {
    if (code < 0) return;
    present++;
    const classes = counts.get(code) ?? new Map<number, number>();
    counts.set(code, classes.set(y[row]!, (classes.get(y[row]!) ?? 0) + 1));
  });
  if (present < FEWEST_ROWS || counts.size > present / 10) return 0;
  let pure = 0;
  for (const classes of counts.values()) pure += Math.max(...classes.values());
  return pure / present;
}
