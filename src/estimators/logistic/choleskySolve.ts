/**
 * Solves H x = b for a symmetric positive definite H. If H is singular to rounding (collinear columns, separated classes), a ridge just large enough to make it definite is
 * added: the step becomes shorter but still descends.
 * @param upper row-major (n × n), not modified; only the upper triangle is read
 * @returns null if H is not finite
 */
export function choleskySolve(upper: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  let trace = 0;
  for (let j = 0; j < size; j++) trace += upper[j * size + j]!;
  let ridge = 0;
  let factor = cholesky(upper, size, ridge);
  for (let scale = Number.EPSILON; factor === null; scale *= 100) {
    ridge = scale * (Math.abs(trace) / size || 1);
    if (ridge === Infinity) return null;
    factor = cholesky(upper, size, ridge);
  }
  return substitute(factor, right);
}

/** U with UᵀU = H + ridge · I, or null if that matrix is not positive definite. */
function cholesky(upper: Float64Array, size: number, ridge: number): Float64Array | null {
  const factor = Float64Array.from(upper);
  for (let k = 0; k < size; k++) {
    const row = k * size;
    const diagonal = factor[row + k]! + ridge;
    if (!(diagonal > Number.EPSILON * upper[row + k]!)) return null;
    const root = Math.sqrt(diagonal);
    factor[row + k] = root;
    for (let j = k + 1; j < size; j++) factor[row + j]! /= root;
    for (let i = k + 1; i < size; i++) {
      const scale = factor[row + i]!;
      for (let j = i; j < size; j++) factor[i * size + j]! -= scale * factor[row + j]!;
    }
  }
  return factor;
}

function substitute(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let k = 0; k < size; k++) {
    x[k]! /= factor[k * size + k]!;
    for (let j = k + 1; j < size; j++) x[j]! -= factor[k * size + j]! * x[k]!;
  }
  for (let k = size - 1; k >= 0; k--) {
    for (let j = k + 1; j < size; j++) x[k]! -= factor[k * size + j]! * x[j]!;
    x[k]! /= factor[k * size + k]!;
  }
  return x;
}
