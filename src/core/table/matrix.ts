/**
 * Input of an estimator: row-major, (n_samples × n_features), `values[row * columnNames.length + column]`. NaN is
 * missing.
 */
export interface Matrix {
  readonly rowCount: number;
  readonly columnNames: readonly string[];
  readonly values: Float64Array;
}
