import { describe, expect, it } from "vitest";
import { lcgSample, type Sample } from "../testing/lcgSample.ts";
import { mannWhitney } from "./mannWhitney.ts";

describe("mannWhitney", () => {
  // r = scipy.stats.mannwhitneyu(sample(a), sample(b)); a, b, r.statistic, r.pvalue, and with alternative="less"
  it.each<[Sample, Sample, number, number, number]>([
    [[500, 1], [300, 2], 77163, 0.49434430145492836, 0.7529276587539414],
    [[500, 1], [300, 2, 0.1], 62678, 9.861788870369376e-5, 4.930894435184688e-5],
    [[7, 1], [5, 2], 16, 0.8762626262626263, 0.43813131313131315],
    [[8, 3], [40, 4, 0.3], 97, 0.08384797230968632, 0.04192398615484316],
    [[20, 1], [20, 2, 0.2], 135, 0.08103174924185103, 0.04051587462092551],
    [[12, 5, 0, 5], [9, 6, 0.2, 5], 26, 0.0463473968675812, 0.0231736984337906],
    [[2000, 1, 0, 10], [5000, 2, 0.01, 10], 4883042.5, 0.12385059925594133, 0.061925299627970665],
    [[30, 1], [26, 2, 0.5], 70, 1.5292523406860417e-7, 7.646261703430208e-8],
  ])("of %j and %j equals SciPy's", (a, b, statistic, pValue, less) => {
    const [reference, current] = [lcgSample(a), lcgSample(b)];
    const result = mannWhitney(reference, current);
    expect(result.statistic).toBe(statistic);
    // relative: both compute the tail directly, so they differ only by rounding of the normal distribution
    expect(Math.abs(result.pValue / pValue - 1)).toBeLessThan(1e-12);
    expect(Math.abs(mannWhitney(reference, current, "less").pValue / less - 1)).toBeLessThan(1e-12);
  });

  it("counts all orderings of a few values", () => {
    // 1 2 | 3 4: of 6 orderings, one has no pair with the first value larger, and one has all four
    expect(mannWhitney(Float64Array.of(1, 2), Float64Array.of(3, 4))).toEqual({ statistic: 0, pValue: 2 / 6 });
  });

  it("finds no drift if all values are equal", () => {
    const same = new Float64Array(30).fill(2);
    expect(mannWhitney(same, same).pValue).toBe(1);
  });

  it("rejects an empty sample", () => {
    expect(() => mannWhitney(Float64Array.of(), Float64Array.of(1))).toThrow("needs values on both sides");
  });
});
