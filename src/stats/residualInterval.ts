/** Interval of a forecast from the errors of earlier forecasts. */

/** To be added to a forecast. */
export type Offsets = readonly [lower: number, upper: number];

/** Fewer residuals have no quantile of this level. */
export function residualsNeeded(level: number): number {
  // Decimals such as 1 - 0.8 are just below or above their value.
  return Math.ceil(2 / (1 - level) - 1e-9) - 1;
}

/**
 * As split conformal prediction: of n errors, floor((n + 1) · (1 − level) / 2) lie outside on each side, so that the
 * interval of exchangeable errors covers at least `level`, for any distribution of them.
 * @param residuals label minus forecast, ascending, at least `residualsNeeded`
 * @see Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005)
 */
export function quantileOffsets(residuals: ArrayLike<number>, level: number): Offsets {
  const outside = Math.floor(((1 - level) / 2) * (residuals.length + 1) + 1e-9);
  return [residuals[outside - 1]!, residuals[residuals.length - outside]!];
}

/** For few residuals: as if the errors were normally distributed around 0. @param residuals at least one */
export function normalOffsets(residuals: Float64Array, level: number): Offsets {
  const { length } = residuals;
  const rootMeanSquare = Math.sqrt(residuals.reduce((sum, value) => sum + value * value, 0) / length);
  const width = studentQuantile(level, length) * rootMeanSquare;
  return [-width, width];
}

/**
 * Quantile of Student's t-distribution: the t with P(|T| ≤ t) = `level`, for a whole number of degrees of freedom.
 * @see Abramowitz & Stegun (1964), 26.7.3 and 26.7.4
 */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  // In the angle, whose tangent is t divided by the root of the degrees of freedom, the probability is smooth.
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < level) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(degreesOfFreedom);
}

function centralProbability(angle: number, degreesOfFreedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degreesOfFreedom; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
