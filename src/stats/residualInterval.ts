/** Half the width of the interval around a forecast, from the errors of earlier forecasts. */

/** Fewer residuals have no quantile of this level. */
export function residualsNeeded(level: number): number {
  // Decimals such as 1 - 0.8 are just below or above their value.
  return Math.ceil(level / (1 - level) - 1e-9);
}

/**
 * As split conformal prediction with absolute residuals: the interval of exchangeable errors covers at least `level`, for
 * any distribution of them. Signed quantiles would move the interval by the bias of the tested model, which a model that
 * was fitted again on later rows does not have; its forecast could lie outside.
 * @param residuals label minus forecast, at least `residualsNeeded`
 * @see Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005)
 */
export function quantileWidth(residuals: Float64Array, level: number): number {
  const inside = Math.ceil(level * (residuals.length + 1) - 1e-9);
  return residuals.map(Math.abs).toSorted()[inside - 1]!;
}

/**
 * Number of independent residuals that say as much about their size as these do. Forecasts from neighbouring times have
 * steps, and so errors, in common.
 * @param residuals in the order of time
 * @see Geyer, Practical Markov Chain Monte Carlo (1992), with the sum up to the first lag that is not positive
 */
export function independentCount(residuals: Float64Array): number {
  const sumAt = (lag: number): number =>
    residuals.reduce((sum, value, i) => (i < lag ? sum : sum + value * residuals[i - lag]!), 0);
  const own = sumAt(0);
  let all = own;
  for (let lag = 1; lag < residuals.length; lag++) {
    const shared = sumAt(lag);
    if (shared <= 0) break;
    all += 2 * shared;
  }
  return own === 0 ? residuals.length : Math.max(1, Math.floor((residuals.length * own) / all));
}

/** For few residuals: as if the errors were normally distributed around 0. @param count of independent ones */
export function normalWidth(meanSquare: number, count: number, level: number): number {
  return studentQuantile(level, count) * Math.sqrt(meanSquare);
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
