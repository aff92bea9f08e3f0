import { describe, expect, it } from "vitest";
import { cramerVonMises } from "./cramerVonMises.ts";
import { lcgSample, type Sample } from "../testing/lcgSample.ts";

describe("cramerVonMises", () => {
  // r = scipy.stats.cramervonmises_2samp(sample(a), sample(b)); a, b, r.statistic, r.pvalue
  it.each<[Sample, Sample, number, number]>([
    [[500, 1], [300, 2], 0.07088500000000408, 0.7478598174476456],
    [[500, 1], [300, 2, 0.1], 1.3408933333333266, 0.0003977300642518111],
    [[7, 1], [5, 2], 0.04325396825396832, 0.9848484848484849],
    [[20, 1], [20, 2, 0.2], 0.3150000000000004, 0.1281300946145943],
    [[19, 1], [20, 2, 0.1], 0.05881691408007228, 0.8472286454198724],
    [[12, 5, 0, 5], [9, 6, 0.2, 5], 0.44510582010582045, 0.05710203109583915],
    [[8, 3], [40, 4, 0.3], 0.32152777777777786, 0.11594207496481779],
    [[2000, 1, 0, 10], [5000, 2, 0.01, 10], 5.342803667857083, 1.76693992770538e-10],
    [[30, 1], [26, 2, 0.5], 2.8711080586080584, 1.3001720289285146e-7],
  ])("of %j and %j equals SciPy's", (a, b, statistic, pValue) => {
    const result = cramerVonMises(lcgSample(a), lcgSample(b));
    // the statistic is a difference of two numbers near 1e8, and 1 − cdf gives the p-value an absolute error
    expect(Math.abs(result.statistic - statistic)).toBeLessThan(1e-11);
    expect(Math.abs(result.pValue - pValue)).toBeLessThan(1e-12);
  });

  it("is exact for few values", () => {
    // Of the C(4, 2) = 6 orderings, only 1 1 2 2 and 2 2 1 1 are as far apart.
    expect(cramerVonMises(Float64Array.of(1, 2), Float64Array.of(3, 4)).pValue).toBeCloseTo(2 / 6, 15);
  });

  it("rejects fewer than two values", () => {
    expect(() => cramerVonMises(Float64Array.of(1), Float64Array.of(1, 2))).toThrow(RangeError);
  });
});
