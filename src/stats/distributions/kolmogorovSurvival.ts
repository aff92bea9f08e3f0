/** Survival function of the two-sided Kolmogorov–Smirnov statistic. */
import { durbinProbability } from "./durbinProbability.ts";
import { pelzGoodProbability } from "./pelzGoodProbability.ts";
import { smirnovSurvival } from "./smirnovSurvival.ts";
import { stirlingError } from "./stirlingError.ts";

/**
 * P(Dₙ ≥ d) for n values. The method depends on (n, d), chosen as by Simard & L'Ecuyer. SciPy's kstwo.sf makes the same
 * choice, so values agree even where an expansion is only exact to six digits.
 * @param n integer, at least 1
 * @see Simard & L'Ecuyer, Computing the two-sided Kolmogorov–Smirnov distribution (2011)
 */
export function kolmogorovSurvival(n: number, d: number): number {
  if (Number.isNaN(d) || !(Number.isInteger(n) && n >= 1)) return NaN;
  const t = n * d;
  if (t <= 0.5) return 1;
  if (d >= 1) return 0;
  if (t <= 1) return 1 - allWithinOneStep(n, t);
  if (t >= n - 1) return 2 * (1 - d) ** n;
  // From d = ½ on, only one of the two one-sided statistics can reach d; in the far tail both do with a probability below
  // 1e-10 of the tail. Then the two-sided tail is twice the one-sided one.
  const scaledSquare = t * d; // n d²
  if (scaledSquare >= 370) return 0;
  if (d >= 0.5 || scaledSquare > (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * smirnovSurvival(n, d));
  if (n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)) return 1 - durbinProbability(n, d);
  return 1 - pelzGoodProbability(n, d);
}

/** n! (2d − 1/n)ⁿ, for 1/2n < d ≤ 1/n (Ruben & Gambino). Uses log(n! / nⁿ) = log √(2πn) − n + stirlingError(n). */
function allWithinOneStep(n: number, t: number): number {
  return Math.exp(0.5 * Math.log(2 * Math.PI * n) - n + stirlingError(n) + n * Math.log(2 * t - 1));
}
