import { describe, expect, it } from "vitest";
import { kolmogorovSurvival } from "../distributions.ts";

describe("kolmogorovSurvival", () => {
  // [float(scipy.stats.kstwo.sf(d, n)) for n, d in …]; the difference is that of Kolmogorov's limit, 0 in the exact tail
  it.each([
    [10, 0.08, 0.9999978058034054, 2e-3],
    [10, 0.15, 0.95396527, 2e-3],
    [30, 0.2, 0.15796916101547398, 4e-4],
    [140, 0.1, 0.11353657290090946, 1.5e-4],
    [953, 0.02, 0.8328641824871625, 2e-5],
    [1818, 0.03, 0.07430606520651517, 1e-5],
    [200000, 0.003, 0.0545369786611305, 1e-7],
  ])("for %i values at %f is near SciPy's", (n, d, expected, error) => {
    expect(Math.abs(kolmogorovSurvival(n, d) - expected)).toBeLessThan(error);
  });

  it.each([
    [1, 0.7, 0.6000000000000001],
    [30, 0.3, 0.006852243362913235],
    [30, 0.55, 4.74030723600559e-9],
    [140, 0.18, 0.0001932001834783552],
    [1818, 0.05, 0.00021731672958164863],
    [1818, 0.2, 3.256337912906055e-64],
    [5, 0.9, 1.9999999999999978e-5],
  ])("in the tail, for %i values at %f, equals SciPy's", (n, d, expected) => {
    // relative; both one-sided statistics reach d with a probability below 1e-8 of the tail
    expect(Math.abs(kolmogorovSurvival(n, d) / expected - 1)).toBeLessThan(1e-8);
  });

  it("decreases from 1 to 0", () => {
    for (const n of [7, 140, 141, 5000]) {
      const values = Array.from({ length: 200 }, (_, i) => kolmogorovSurvival(n, (i + 1) / 200));
      expect(values.at(-1)).toBe(0);
      // allows for the switch from the limit to the exact tail
      values.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(values[i]! + 1e-5));
    }
    expect(kolmogorovSurvival(10, 0)).toBe(1);
  });

  it("is NaN if undefined", () => {
    expect(kolmogorovSurvival(10, NaN)).toBeNaN();
    expect(kolmogorovSurvival(2.5, 0.1)).toBeNaN();
  });
});
