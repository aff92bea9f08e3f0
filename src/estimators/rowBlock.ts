/**
 * Products with a block of rows of a matrix, four rows at a time: one load of a weight and one store of a sum serve
 * four independent multiplications.
 */

import type { Matrix } from "../core/table/table.ts";

/** Rows `first` … `first + count − 1` of a row-major matrix. */
export interface RowBlock {
  readonly values: Matrix["values"];
  readonly first: number;
  readonly count: number;
  readonly columnCount: number;
}

/**
 * result[i] = xᵢ · weights.
 * @param weights one per column, then the intercept if there is one
 */
export function dotRows({ values, first, count, columnCount }: RowBlock, weights: Float64Array, result: Float64Array) {
  const intercept = weights.length > columnCount ? weights[columnCount]! : 0;
  let i = 0;
  let a = first * columnCount;
  for (; i + 4 <= count; i += 4, a += 4 * columnCount) {
    const [b, c, d] = [a + columnCount, a + 2 * columnCount, a + 3 * columnCount];
    let [za, zb, zc, zd] = [intercept, intercept, intercept, intercept];
    for (let j = 0; j < columnCount; j++) {
      const weight = weights[j]!;
      za += weight * values[a + j]!;
      zb += weight * values[b + j]!;
      zc += weight * values[c + j]!;
      zd += weight * values[d + j]!;
    }
    result[i] = za;
    result[i + 1] = zb;
    result[i + 2] = zc;
    result[i + 3] = zd;
  }
  for (; i < count; i++, a += columnCount) {
    let z = intercept;
    for (let j = 0; j < columnCount; j++) z += weights[j]! * values[a + j]!;
    result[i] = z;
  }
}

/** sum += Σ scaleᵢ · xᵢ; an additional last entry of `sum` gets Σ scaleᵢ (the intercept). */
export function addRows({ values, first, count, columnCount }: RowBlock, scale: Float64Array, sum: Float64Array): void {
  let total = 0;
  let i = 0;
  let a = first * columnCount;
  for (; i + 4 <= count; i += 4, a += 4 * columnCount) {
    const [b, c, d] = [a + columnCount, a + 2 * columnCount, a + 3 * columnCount];
    const [sa, sb, sc, sd] = [scale[i]!, scale[i + 1]!, scale[i + 2]!, scale[i + 3]!];
    total += sa + sb + (sc + sd);
    for (let j = 0; j < columnCount; j++)
      sum[j]! += sa * values[a + j]! + sb * values[b + j]! + (sc * values[c + j]! + sd * values[d + j]!);
  }
  for (; i < count; i++, a += columnCount) {
    total += scale[i]!;
    for (let j = 0; j < columnCount; j++) sum[j]! += scale[i]! * values[a + j]!;
  }
  if (sum.length > columnCount) sum[columnCount]! += total;
}
