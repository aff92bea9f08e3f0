import { describe, expect, it } from "vitest";
import { zTest } from "./zTest.ts";

describe("zTest", () => {
  // p = (a[0] + b[0]) / (n + m); z = (a[0] / n − b[0] / m) / np.sqrt(p (1 − p) (1 / n + 1 / m));
  // 2 * scipy.stats.norm.sf(abs(z)), which is the p-value of scipy.stats.chi2_contingency([a, b], correction=False)
  it.each([
    [[100, 200], [90, 260], 2.129101174195271, 0.033245890650725834],
    [[10, 0], [7, 3], 1.8786728732554487, 0.060289173990602095],
    [[5000, 100], [4000, 250], 9.94694922786875, 2.6003263487326497e-23],
  ])("of %j and %j equals SciPy's", (reference, current, statistic, pValue) => {
    const result = zTest(Float64Array.from(reference), Float64Array.from(current));
    expect(Math.abs(result.statistic - statistic)).toBeLessThan(1e-13); // rounding of a few operations
    expect(Math.abs(result.pValue / pValue - 1)).toBeLessThan(1e-12);
  });

  it("finds no drift if all rows have the same value", () => {
    expect(zTest(Float64Array.of(9, 0), Float64Array.of(3, 0))).toEqual({ statistic: 0, pValue: 1 });
    expect(zTest(Float64Array.of(9), Float64Array.of(3))).toEqual({ statistic: 0, pValue: 1 });
  });

  it("rejects a side without rows", () => {
    expect(() => zTest(Float64Array.of(0, 0), Float64Array.of(1, 2))).toThrow("rows on both sides");
  });
});
