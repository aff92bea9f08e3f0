/** Rejects numbers that would silently turn the weights of a model into NaN: missing, infinite, or too large to square. */
import { MlctlError, RowError } from "../core/errors.ts";
import { LARGEST_FLOAT32 } from "../core/largestFloat32.ts";
import type { Matrix } from "../core/table/matrix.ts";

/**
 * @param y targets, or null to check X only
 * @throws {RowError} naming the first feature and row without a finite value in the range of float32
 */
export function requireComplete(X: Matrix, y: Float64Array | null, family: string): void {
  const width = X.columnNames.length;
  if (X.rowCount === 0) throw new MlctlError("data", `${family} has no rows to train on`);
  let at = 0; // a loop, because findIndex takes a second for a hundred million values
  while (at < X.values.length && Math.abs(X.values[at]!) <= LARGEST_FLOAT32) at++;
  if (at < X.values.length) {
    const [name, row, value] = [X.columnNames[at % width]!, Math.floor(at / width), X.values[at]!];
    if (Number.isFinite(value)) throw tooLarge(`feature "${name}"`, value, { row, family });
    throw new RowError(row, (place) => `feature "${name}" has no finite value in ${place}`, {
      hint: `${family} does not accept missing values: impute the feature, or use the xgboost family`,
    });
  }
  if (y !== null) requireTarget(y, family);
}

/** The same for X in which NaN is missing and for y. @throws {RowError} */
export function requireFloat32(X: Matrix, y: Float64Array, family: string): void {
  const width = X.columnNames.length;
  let at = 0;
  while (at < X.values.length && !(Math.abs(X.values[at]!) > LARGEST_FLOAT32)) at++;
  if (at < X.values.length)
    throw tooLarge(`feature "${X.columnNames[at % width]}"`, X.values[at]!, { row: Math.floor(at / width), family });
  requireTarget(y, family);
}

/** @throws {RowError} naming the first target that is not a finite number in the range of float32 */
export function requireTarget(y: Float64Array, family: string): void {
  const row = y.findIndex((value) => !(Math.abs(value) <= LARGEST_FLOAT32));
  if (row < 0) return;
  if (Number.isFinite(y[row])) throw tooLarge("the target", y[row]!, { row, family });
  throw new RowError(row, (place) => `the target has no finite value in ${place}`);
}

function tooLarge(what: string, value: number, { row, family }: { row: number; family: string }): RowError {
  return new RowError(row, (place) => `${what} is ${value} in ${place}: ${family} takes numbers up to ±3.4e38`, {
    hint:
      what === "the target"
        ? "correct the row or leave it out"
        : "correct the cell or leave it empty, or clip the feature",
  });
}
