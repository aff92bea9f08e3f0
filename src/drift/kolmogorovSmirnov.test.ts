import { describe, expect, it } from "vitest";
import { lcgSample as sample, type Sample } from "../testing/lcgSample.ts";
import { kolmogorovSmirnov } from "./kolmogorovSmirnov.ts";
import { wassersteinDistance } from "./wassersteinDistance.ts";

describe("kolmogorovSmirnov", () => {
  // r = scipy.stats.ks_2samp(sample(a), sample(b)); a, b, r.statistic, r.pvalue
  it.each<[Sample, Sample, number, number]>([
    [[500, 1], [300, 2], 0.05266666666666667, 0.6579021245102007],
    [[500, 1], [300, 2, 0.1], 0.124, 0.005767222169876969],
    [[400, 1], [400, 2, 0.05], 0.115, 0.010032513978788836],
    [[7, 1], [5, 2], 0.2571428571428571, 0.9595959595959594],
    [[30, 1], [26, 2, 0.5], 0.6615384615384615, 2.3812990555739585e-6],
    [[2000, 1, 0, 10], [5000, 2, 0.01, 10], 0.02, 0.6112743155242513],
    [[2000, 1], [9999, 2, 0.03], 0.042694419441944194, 0.004430065069027737],
    [[2000, 1], [12000, 2, 0.02], 0.03316666666666668, 0.0450352530404482],
    [[2000, 1], [20001, 2, 0.005], 0.02004182290885459, 0.4526111756827521],
    [[50, 1], [15000, 2, 0.1], 0.15433333333333332, 0.1661791966998546],
    [[12000, 1], [11000, 2, 0.004], 0.014159090909090954, 0.19821765964864446],
    [[3, 1], [4, 2, 5], 1.0, 0.05714285714285715],
    [[100, 1], [100, 1], 0.0, 1.0],
    [[2000, 1], [15000, 2, 0.5], 0.5124666666666666, 0.0],
  ])("of %j and %j equals SciPy's", (a, b, statistic, pValue) => {
    const result = kolmogorovSmirnov(sample(a), sample(b));
    expect(Math.abs(result.statistic - statistic)).toBeLessThan(1e-15);
    // exact up to 10,000 values, where the sum of thousands of terms has a relative error; see kolmogorovSurvival for more
    const error = Math.max(a[0], b[0]) <= 10_000 ? 1e-10 * pValue : 3e-4;
    expect(Math.abs(result.pValue - pValue)).toBeLessThanOrEqual(error);
  });

  it("is symmetric and does not change its arguments", () => {
    const [a, b] = [sample([50, 3]), sample([31, 4, 0.2])];
    const before = [...a];
    expect(kolmogorovSmirnov(a, b)).toEqual(kolmogorovSmirnov(b, a));
    expect([...a]).toEqual(before);
  });

  it("is accurate for a tiny p-value", () => {
    const [a, b, c] = [sample([2000, 1]), sample([5000, 2, 0.12]), sample([5000, 2, 0.4])];
    // scipy.stats.ks_2samp(sample([2000, 1]), sample([5000, 2, .12])).pvalue
    expect(Math.abs(kolmogorovSmirnov(a, b).pValue / 1.3992893013825233e-24 - 1)).toBeLessThan(1e-10); // relative: 7,000 roundings
    // With .4 it is 2.5e-226: nobody needs its digits, and the exact one takes 300 times as long.
    const { pValue } = kolmogorovSmirnov(a, c);
    expect(pValue).toBeGreaterThan(1e-235);
    expect(pValue).toBeLessThan(1e-220);
  });

  it("takes less than half the time for two samples of one size, which need no band of paths", () => {
    const samples = [9_999, 10_000].map((size) => [sample([10_000, 1]), sample([size, 2, 0.02])] as const);
    const [band, square] = samples.map(([a, b]) => {
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        kolmogorovSmirnov(a, b);
        return performance.now() - start;
      });
      return Math.min(...times);
    });
    expect(square! / band!).toBeLessThan(0.5); // 6 ms to 60 ms
  });

  it("rejects an empty sample", () => {
    expect(() => kolmogorovSmirnov(new Float64Array(0), sample([3, 1]))).toThrow(RangeError);
  });
});

describe("wassersteinDistance", () => {
  it("equals SciPy's", () => {
    // scipy.stats.wasserstein_distance(sample([500, 1]), sample([300, 2, .1])); 1e-14 for 800 added terms
    const distance = wassersteinDistance(sample([500, 1]), sample([300, 2, 0.1]));
    expect(Math.abs(distance - 0.08581619075747828)).toBeLessThan(1e-14);
    // wasserstein_distance([1, 1, 2], [1, 2, 2, 7])
    const tied = wassersteinDistance(Float64Array.of(1, 1, 2), Float64Array.of(1, 2, 2, 7));
    expect(Math.abs(tied - 1.6666666666666665)).toBeLessThan(1e-15);
  });

  it("of a shifted sample is the shift", () => {
    expect(wassersteinDistance(Float64Array.of(0, 1, 3), Float64Array.of(5, 6, 8))).toBe(5);
    expect(wassersteinDistance(Float64Array.of(2), Float64Array.of(2, 2))).toBe(0);
  });
});
