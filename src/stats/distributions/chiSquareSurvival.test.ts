import { describe, expect, it } from "vitest";
import { chiSquareSurvival } from "../distributions.ts";

describe("chiSquareSurvival", () => {
  // [float(scipy.stats.chi2.sf(x, k)) for x, k in …]
  it.each([
    [3.84, 1, 0.05004352124870519],
    [0.5, 3, 0.9188914116546758],
    [60, 10, 3.6243009520614924e-9],
    [1200, 999, 1.112935044825893e-5],
    [700, 3, 2.0991308534204487e-151],
    [10, 100, 1.0],
  ])("of %f with %i degrees of freedom equals SciPy's", (statistic, df, expected) => {
    // relative, so that the far tail needs as many correct digits as the middle
    expect(Math.abs(chiSquareSurvival(statistic, df) / expected - 1)).toBeLessThan(1e-11);
  });

  it("is 1 at zero and tends to 0", () => {
    expect(chiSquareSurvival(0, 4)).toBe(1);
    expect(chiSquareSurvival(2000, 3)).toBe(0);
    expect(chiSquareSurvival(Infinity, 3)).toBe(0);
  });

  it("is NaN if undefined", () => {
    expect(chiSquareSurvival(NaN, 3)).toBeNaN();
    expect(chiSquareSurvival(1, 0)).toBeNaN();
  });
});
