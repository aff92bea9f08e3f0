/**
 * Products with a block of rows of a matrix, four rows at a time: one load of a weight and one store of a sum serve
 * four independent multiplications.
 */

/** Rows `first` … `first + count − 1` of a row-major matrix. */
export interface RowBlock {
  readonly values: Float64Array;
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

/**
 * upper += Σ scaleᵢ · xᵢ xᵢᵀ, upper triangle, row-major. If `upper` has one more column than the rows, each row is
 * extended by a 1 (the intercept).
 */
export function addOuterRows(block: RowBlock, scale: Float64Array, upper: Float64Array): void {
  const { values, first, count, columnCount } = block;
  const size = Math.round(Math.sqrt(upper.length));
  let i = 0;
  let a = first * columnCount;
  for (; i + 4 <= count; i += 4, a += 4 * columnCount) {
    const [b, c, d] = [a + columnCount, a + 2 * columnCount, a + 3 * columnCount];
    for (let j = 0; j < columnCount; j++) {
      const [sa, sb] = [scale[i]! * values[a + j]!, scale[i + 1]! * values[b + j]!];
      const [sc, sd] = [scale[i + 2]! * values[c + j]!, scale[i + 3]! * values[d + j]!];
      const row = j * size;
      for (let k = j; k < columnCount; k++)
        upper[row + k]! += sa * values[a + k]! + sb * values[b + k]! + (sc * values[c + k]! + sd * values[d + k]!);
      if (size > columnCount) upper[row + columnCount]! += sa + sb + (sc + sd);
    }
  }
  for (; i < count; i++, a += columnCount) {
    for (let j = 0; j < columnCount; j++) {
      const scaled = scale[i]! * values[a + j]!;
      for (let k = j; k < columnCount; k++) upper[j * size + k]! += scaled * values[a + k]!;
      if (size > columnCount) upper[j * size + columnCount]! += scaled;
    }
  }
  if (size > columnCount) for (let r = 0; r < count; r++) upper[size * size - 1]! += scale[r]!;
}
