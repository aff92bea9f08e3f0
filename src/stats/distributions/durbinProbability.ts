/** Exact distribution of the two-sided Kolmogorov–Smirnov statistic, for values outside the far tail. */

/** Powers of the matrix are scaled by this factor when they grow. A power of two, so that scaling is exact. */
const SCALE_EXPONENT = 128;
const SCALE = 2 ** SCALE_EXPONENT;

/** A square matrix, row-major, times 2^exponent. */
interface Scaled {
  readonly size: number;
  readonly values: Float64Array;
  readonly exponent: number;
}

/**
 * P(Dₙ < d): n! / nⁿ times the middle entry of Hⁿ, with H of size 2 ⌈nd⌉ − 1. O((nd)³ log n).
 * @param n number of values, at least 1
 * @see Marsaglia, Tsang & Wang, Evaluating Kolmogorov's distribution (2003), after Durbin (1968)
 */
export function durbinProbability(n: number, d: number): number {
  if (d >= 1) return 1;
  if (n * d <= 0.5) return 0;
  const k = Math.ceil(n * d);
  const matrix = durbinMatrix(2 * k - 1, k - n * d);
  const powered = power(matrix, n);
  let probability = powered.values[(k - 1) * matrix.size + k - 1]!;
  let exponent = powered.exponent;
  for (let i = 1; i <= n; i++) {
    probability *= i / n;
    if (probability < 1 / SCALE) {
      probability *= SCALE;
      exponent -= SCALE_EXPONENT;
    }
  }
  return Math.min(1, probability * 2 ** exponent);
}

/** Entry (i, j) is 1 / (i − j + 1)! on and below the first superdiagonal; the first column and last row are smaller. */
function durbinMatrix(size: number, h: number): Scaled {
  const values = new Float64Array(size * size);
  const inverseFactorials = [1];
  for (let i = 1; i <= size; i++) inverseFactorials.push(inverseFactorials[i - 1]! / i);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(i + 1, size - 1); j++) values[i * size + j] = inverseFactorials[i - j + 1]!;
  }
  for (let i = 0; i < size; i++) {
    const edge = (1 - h ** (i + 1)) * inverseFactorials[i + 1]!;
    values[i * size] = edge;
    values[(size - 1) * size + (size - 1 - i)] = edge;
  }
  const corner = 1 - 2 * h ** size + Math.max(2 * h - 1, 0) ** size;
  values[(size - 1) * size] = corner * inverseFactorials[size]!;
  return { size, values, exponent: 0 };
}

function power(base: Scaled, exponent: number): Scaled {
  if (exponent === 1) return base;
  const half = power(base, Math.floor(exponent / 2));
  const square = multiply(half, half);
  return exponent % 2 === 0 ? square : multiply(square, base);
}

function multiply(left: Scaled, right: Scaled): Scaled {
  const { size } = left;
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = left.values[i * size + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) values[i * size + j]! += factor * right.values[k * size + j]!;
    }
  }
  const middle = values[Math.floor((size * size) / 2)]!;
  const exponent = left.exponent + right.exponent;
  if (middle <= SCALE) return { size, values, exponent };
  return { size, values: values.map((value) => value / SCALE), exponent: exponent + SCALE_EXPONENT };
}
