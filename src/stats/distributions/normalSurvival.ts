/** Survival function of the standard normal distribution. */
import { chiSquareSurvival } from "./chiSquareSurvival.ts";

/**
 * P(Z ≥ z), computed from the upper tail, so that the far tail keeps its digits: the square of a normal variable is
 * chi-square distributed with one degree of freedom. Equal to scipy.stats.norm.sf.
 */
export function normalSurvival(z: number): number {
  const tail = chiSquareSurvival(z * z, 1) / 2;
  return z < 0 ? 1 - tail : tail;
}
