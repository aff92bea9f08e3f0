/**
 * Products with some rows of a matrix, four rows at a time: a weight is then loaded, and a sum stored, once for four
 * multiplications that do not wait for each other.
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
 * @param weights one for each column, and one behind them where there is an intercept
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

/** sum += Σ scaleᵢ · xᵢ; where `sum` has one place more, it takes Σ scaleᵢ. */
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
 * upper += Σ scaleᵢ · xᵢ xᵢᵀ, the upper triangle, row-major; where it has one column more than the rows, as if
 * each row had a 1 behind it.
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
