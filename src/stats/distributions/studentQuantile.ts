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
