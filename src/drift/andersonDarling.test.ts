import { describe, expect, it } from "vitest";
import { andersonDarling } from "./andersonDarling.ts";
import { lcgSample, type Sample } from "../testing/lcgSample.ts";

describe("andersonDarling", () => {
  // r = scipy.stats.anderson_ksamp([sample(a), sample(b)]); a, b, r.statistic, r.significance_level
  it.each<[Sample, Sample, number, number]>([
    [[500, 1], [300, 2], -0.6994742289998221, 0.25],
    [[500, 1], [300, 2, 0.1], 11.752195644216082, 0.001],
    [[7, 1], [5, 2], -1.1768941136623272, 0.25],
    [[8, 3], [40, 4, 0.3], 1.1041346445621725, 0.11431441280580712],
    [[20, 1], [20, 2, 0.2], 1.070448719573975, 0.1181060135722496],
    [[12, 5, 0, 5], [9, 6, 0.2, 5], 3.4707444217782624, 0.012805871008151882],
    [[2000, 1, 0, 10], [5000, 2, 0.01, 10], 2.092636895594977, 0.04469334897997116],
    [[300, 1], [200, 2, 0.06], 5.963746110917717, 0.0015910848023357688],
    [[30, 1], [26, 2, 0.5], 17.99562931024265, 0.001],
  ])("of %j and %j equals SciPy's", (a, b, statistic, pValue) => {
    const result = andersonDarling(lcgSample(a), lcgSample(b));
    expect(Math.abs(result.statistic - statistic)).toBeLessThan(1e-10); // sums of thousands of terms
    expect(Math.abs(result.pValue - pValue)).toBeLessThan(1e-12);
  });

  it("finds no drift if all values are equal", () => {
    const same = new Float64Array(30).fill(2);
    expect(andersonDarling(same, same)).toEqual({ statistic: 0, pValue: 1 });
  });

  it("rejects an empty sample, and fewer than four values in total", () => {
    expect(() => andersonDarling(Float64Array.of(), Float64Array.of(1, 2, 3, 4))).toThrow(RangeError);
    expect(() => andersonDarling(Float64Array.of(1), Float64Array.of(1, 2))).toThrow("four values");
  });
});
