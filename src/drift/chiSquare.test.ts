import { describe, expect, it } from "vitest";
import { chiSquare } from "./chiSquare.ts";

describe("chiSquare", () => {
  // scipy.stats.chi2_contingency([reference, current], correction=False)
  it.each([
    [[10, 20, 30], [12, 18, 40], 0.9520554633336575, 0.6212462538144468, 2],
    [[5, 0, 3], [2, 4, 9], 6.7836309523809515, 0.033647535116767636, 2],
    [[100, 200], [90, 260], 4.533071809959684, 0.03324589065072587, 1],
    [[1000, 5, 3], [10, 400, 2], 1342.124057780857, 3.6430391471832535e-292, 2],
  ])("of %j and %j equals SciPy's", (reference, current, statistic, pValue, degreesOfFreedom) => {
    const result = chiSquare(Float64Array.from(reference), Float64Array.from(current));
    expect(result.degreesOfFreedom).toBe(degreesOfFreedom);
    // relative; in the far tail the p-value has the error of the statistic times its size, 1e-16 × 1342 / 2
    expect(Math.abs(result.statistic / statistic - 1)).toBeLessThan(1e-13);
    expect(Math.abs(result.pValue / pValue - 1)).toBeLessThan(1e-10);
  });

  it("ignores categories that are empty on both sides", () => {
    const bare = chiSquare(Float64Array.of(10, 20, 30), Float64Array.of(12, 18, 40));
    expect(chiSquare(Float64Array.of(10, 0, 20, 30), Float64Array.of(12, 0, 18, 40))).toEqual(bare);
  });

  it("pools rare categories until five rows are expected on the smaller side", () => {
    // of 100 + 50 rows, a third is on the smaller side: 4 + 2 and 3 + 1 rows expect 2 and 1.33 there, together 3.33;
    // the smallest other category, 23 + 7, joins them, which gives [70, 30] and [40, 10]
    const pooled = chiSquare(Float64Array.of(70, 4, 3, 23), Float64Array.of(40, 2, 1, 7), { leastExpected: 5 });
    expect(pooled).toEqual(chiSquare(Float64Array.of(70, 30), Float64Array.of(40, 10)));
  });

  it("pools rare categories in groups, so that drift among them is still detected", () => {
    // ten categories of 60 + 0 and ten of 0 + 6 rows, 600 and 60 in total: 5.45 and 0.55 are expected of each on the
    // smaller side, so that the latter all join one group
    const [frequent, rare] = [Array.from({ length: 10 }, () => 60), Array.from({ length: 10 }, () => 6)];
    const none = Array.from({ length: 10 }, () => 0);
    const moved = chiSquare(Float64Array.from([...frequent, ...none]), Float64Array.from([...none, ...rare]), {
      leastExpected: 5,
    });
    // one cell per frequent category and one for the rest: χ² is all 660 rows, since the sides share no cell
    expect(moved.degreesOfFreedom).toBe(10);
    expect(Math.abs(moved.statistic - 660)).toBeLessThan(1e-9);
    // forty categories of 10 + 1 rows, 440 in total: a group of five expects 5 on the smaller side
    const even = chiSquare(new Float64Array(40).fill(10), new Float64Array(40).fill(1), { leastExpected: 5 });
    expect(even).toEqual({ statistic: 0, degreesOfFreedom: 7, pValue: 1 });
  });

  it("finds no drift with a single category", () => {
    expect(chiSquare(Float64Array.of(5), Float64Array.of(9))).toEqual({ statistic: 0, degreesOfFreedom: 0, pValue: 1 });
  });

  it("rejects a side without rows, and different categories", () => {
    expect(() => chiSquare(Float64Array.of(0, 0), Float64Array.of(1, 2))).toThrow(RangeError);
    expect(() => chiSquare(Float64Array.of(1), Float64Array.of(1, 2))).toThrow(RangeError);
  });
});
