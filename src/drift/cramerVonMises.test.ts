import { describe, expect, it } from "vitest";
import { cramerVonMises } from "./cramerVonMises.ts";
import { lcgSample, type Sample } from "../testing/lcgSample.ts";

describe("cramerVonMises", () => {
  // r = scipy.stats.cramervonmises_2samp(sample(a), sample(b), method="asymptotic"); a, b, r.statistic, r.pvalue
  it.each<[Sample, Sample, number, number]>([
    [[500, 1], [300, 2], 0.07088500000000408, 0.7478598174476456],
    [[500, 1], [300, 2, 0.1], 1.3408933333333266, 0.0003977300642518111],
    [[8, 3], [40, 4, 0.3], 0.32152777777777786, 0.11594207496481779],
    [[2000, 1, 0, 10], [5000, 2, 0.01, 10], 5.342803667857083, 1.76693992770538e-10],
    [[30, 1], [26, 2, 0.5], 2.8711080586080584, 1.3001720289285146e-7],
  ])("of %j and %j equals SciPy's", (a, b, statistic, pValue) => {
    const result = cramerVonMises(lcgSample(a), lcgSample(b));
    // the statistic is a difference of two numbers near 1e8, and 1 − cdf gives the p-value an absolute error
    expect(Math.abs(result.statistic - statistic)).toBeLessThan(1e-11);
    expect(Math.abs(result.pValue - pValue)).toBeLessThan(1e-12);
  });

  it("rejects fewer than two values", () => {
    expect(() => cramerVonMises(Float64Array.of(1), Float64Array.of(1, 2))).toThrow(RangeError);
  });
});
