/** Survival function of the standard normal distribution. */
import { chiSquareSurvival } from "./chiSquareSurvival.ts";

/**
 * P(Z ≥ z), from the upper tail directly, so that nothing is lost far out: the square of a normal variable is
 * chi-square with one degree of freedom. As scipy.stats.norm.sf.
 */
export function normalSurvival(z: number): number {
  const tail = chiSquareSurvival(z * z, 1) / 2;
  return z < 0 ? 1 - tail : tail;
}
