/** Refuses training data that a linear family would silently turn into NaN weights. */
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/table/matrix.ts";

/** Values looked at together. */
const BLOCK = 4096;

/**
 * @param y targets, or null where only X is checked
 * @throws {MlctlError} kind "data" naming the first feature and row (counted from 1) without a finite value
 */
export function requireComplete(X: Matrix, y: Float64Array | null, family: string): void {
  const width = X.columnNames.length;
  if (X.rowCount === 0) throw new MlctlError("data", `${family} has no row to learn from`);
  for (let i = firstDoubt(X.values); i < X.values.length; i++) {
    if (Number.isFinite(X.values[i])) continue;
    const name = X.columnNames[i % width]!;
    throw new MlctlError("data", `feature "${name}" has no finite value in row ${Math.floor(i / width) + 1}`, {
      hint: `${family} takes complete numbers only: impute the feature, or use the xgboost family`,
    });
  }
  const row = y === null ? -1 : y.findIndex((value) => !Number.isFinite(value));
  if (row >= 0) throw new MlctlError("data", `the target has no finite value in row ${row + 1}`);
}

/**
 * The start of the block that holds the first value that is not finite, or the length: a value less itself is 0, or NaN for
 * good. That reads 20 million values as fast as memory gives them.
 */
function firstDoubt(values: Float64Array): number {
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let sum = 0;
    for (let i = start; i < end; i++) sum += values[i]! - values[i]!;
    if (sum !== 0) return start;
  }
  return values.length;
}
