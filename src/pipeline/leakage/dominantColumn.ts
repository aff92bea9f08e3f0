/** Target leakage that is not perfect: one column, or two, separate two classes far better than any other. */
import { selectValues, type Column } from "../../core/table/table.ts";
import { MIN_ROWS_PER_VALUE, sampleOf, separation, type Suspect } from "./targetLeakage.ts";

/** Least ROC AUC of a column alone: the best one of twelve public tables has 0.58 to 0.88, */
const LEAST_AUC = 0.95;
/** and how much closer to 1 it is than the next: measures of one thing, as the sizes of a tumour (0.975, 0.970), are alike. */
const TIMES_CLOSER = 3;
/** Fewer rows of a class are apart from the others by chance. */
const LEAST_OF_A_CLASS = 20;

/** @param alone the ROC AUC of each column, see `aucAlone`. Two are reported, too: a refund and the call before it. */
export function dominantColumn(alone: ReadonlyMap<string, number>): Suspect[] {
  const sorted = [...alone].toSorted((a, b) => b[1] - a[1]);
  for (const count of [1, 2]) {
    const [last, next] = [sorted[count - 1], sorted[count]];
    if (last === undefined || next === undefined || last[1] < LEAST_AUC) return [];
    if ((1 - last[1]) * TIMES_CLOSER > 1 - next[1]) continue;
    return sorted.slice(0, count).map(([column, auc]) => {
      const [own, other] = [auc, next[1]].map((each) => each.toFixed(4));
      const reason = `it alone nearly separates the classes (ROC AUC ${own}; the ${count === 1 ? "next best column" : "third best column"} has ${other})`;
      return { column, reason };
    });
  }
  return [];
}

/**
 * ROC AUC of a column as the only score, in a sample of many rows: numbers as they are, categories by their share of class 1,
 * and whether there is a value at all.
 * @param y codes of two classes, (n_samples)
 * @returns 0.5 to 1; 0.5 if nothing can be said
 */
export function aucAlone(column: Column, y: Float64Array): number {
  const sample = sampleOf(y.length);
  const cells = column.kind === "category" ? column.codes : column.values;
  const isPresent = (row: number): boolean =>
    column.kind === "category" ? cells[row]! >= 0 : !Number.isNaN(cells[row]!);
  const known = sample.filter(isPresent);
  const values = Float64Array.from(known, (row) => cells[row]!);
  const classes = selectValues(y, known);
  const auc = aucOf(column.kind === "category" ? sharesOf(values, classes) : values, classes);
  if (known.length === sample.length) return auc;
  const filled = Float64Array.from(sample, (row) => Number(isPresent(row)));
  return Math.max(auc, aucOf(filled, selectValues(y, sample)));
}

function aucOf(scores: Float64Array, classes: Float64Array): number {
  const ones = classes.filter((code) => code === 1).length;
  return Math.min(ones, classes.length - ones) < LEAST_OF_A_CLASS ? 0.5 : separation(scores, classes);
}

/** Of each row, the share of class 1 among the rows of its category; of many categories the share fits by chance. */
function sharesOf(codes: Float64Array, classes: Float64Array): Float64Array {
  const sums = new Map<number, [rows: number, ones: number]>();
  codes.forEach((code, row) => {
    const [rows, ones] = sums.get(code) ?? [0, 0];
    sums.set(code, [rows + 1, ones + classes[row]!]);
  });
  if (sums.size * MIN_ROWS_PER_VALUE > codes.length) return new Float64Array(codes.length);
  return codes.map((code) => sums.get(code)![1] / sums.get(code)![0]);
}
