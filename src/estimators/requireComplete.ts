/** Rejects NaN and infinite values, which would silently turn the weights of a linear model into NaN. */
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/table/matrix.ts";

/** Values checked together. */
const BLOCK = 4096;

/**
 * @param y targets, or null to check X only
 * @throws {MlctlError} kind "data" naming the first feature and row (counted from 1) without a finite value
 */
export function requireComplete(X: Matrix, y: Float64Array | null, family: string): void {
  const width = X.columnNames.length;
  if (X.rowCount === 0) throw new MlctlError("data", `${family} has no rows to train on`);
  for (let i = firstSuspectBlock(X.values); i < X.values.length; i++) {
    if (Number.isFinite(X.values[i])) continue;
    const name = X.columnNames[i % width]!;
    throw new MlctlError("data", `feature "${name}" has no finite value in row ${Math.floor(i / width) + 1}`, {
      hint: `${family} does not accept missing values: impute the feature, or use the xgboost family`,
    });
  }
  const row = y === null ? -1 : y.findIndex((value) => !Number.isFinite(value));
  if (row >= 0) throw new MlctlError("data", `the target has no finite value in row ${row + 1}`);
}

/**
 * Start of the block with the first value that is not finite, or the number of values if all are finite. A finite value
 * minus itself is 0, any other gives NaN, so one sum per block suffices: 20 million values at memory speed.
 */
function firstSuspectBlock(values: Float64Array): number {
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let sum = 0;
    for (let i = start; i < end; i++) sum += values[i]! - values[i]!;
    if (sum !== 0) return start;
  }
  return values.length;
}
