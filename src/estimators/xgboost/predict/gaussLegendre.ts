/** Gauss–Legendre quadrature on (0, 1): `count` points integrate every polynomial of degree 2 · count − 1 exactly. */

export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

const cache = new Map<number, Quadrature>();

/** @see Press et al., Numerical Recipes, 4.6: the roots of the Legendre polynomial by Newton's method */
export function gaussLegendre(count: number): Quadrature {
  const cached = cache.get(count);
  if (cached !== undefined) return cached;
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < 100; iteration++) {
      const [value, derivative] = legendre(count, x);
      slope = derivative;
      const step = value / derivative;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  const quadrature = { points, weights };
  cache.set(count, quadrature);
  return quadrature;
}

/** Value and derivative of the Legendre polynomial, by the three-term recurrence. */
function legendre(degree: number, x: number): readonly [number, number] {
  let [before, value] = [0, 1];
  for (let n = 1; n <= degree; n++) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  return [value, (degree * (x * value - before)) / (x * x - 1)];
}
