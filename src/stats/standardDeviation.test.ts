import { describe, expect, it } from "vitest";
import { mean, standardDeviation } from "./descriptive.ts";

const values = Float64Array.of(3.5, -1, 0.1, NaN, 7, 2, 2, 9.25);

describe("mean", () => {
  it("equals numpy's without the missing values", () => {
    // np.mean([3.5, -1, .1, 7, 2, 2, 9.25]); 1e-15 is one unit in the last place of the sum
    expect(Math.abs(mean(values) - 3.2642857142857147)).toBeLessThan(1e-15);
  });

  it("of a constant is exactly the constant", () => {
    expect(mean(new Float64Array(1000).fill(0.1))).toBe(0.1);
  });

  it("is NaN without values and infinite with one infinity", () => {
    expect(mean([])).toBeNaN();
    expect(mean([1, Infinity, 2])).toBe(Infinity);
    expect(mean([Infinity, Infinity])).toBe(Infinity);
  });

  it("does not overflow", () => {
    // (1.6 + 1.6 − 0.8) / 3 = 0.8; three rounded quotients
    expect(mean([1.6e308, 1.6e308, -0.8e308]) / 1e308).toBeCloseTo(0.8, 14);
  });
});

describe("standardDeviation", () => {
  it("equals numpy's for both denominators", () => {
    // np.std(x, ddof=1), np.std(x); 1e-14 allows for a different order of summation
    expect(Math.abs(standardDeviation(values) - 3.679528308279279)).toBeLessThan(1e-14);
    expect(Math.abs(standardDeviation(values, { ddof: 0 }) - 3.4065812654870493)).toBeLessThan(1e-14);
  });

  it("does not lose precision far from zero", () => {
    // 1, 2, 3 and a million days in milliseconds: sqrt(((-1)² + 0² + 1²) / 2) = 1
    expect(standardDeviation([8.64e13 + 1, 8.64e13 + 2, 8.64e13 + 3])).toBe(1);
  });

  it.each([1e200, 1e-200, 1e-310])("is scaled with the values where their squares overflow or vanish (%d)", (unit) => {
    // np.std([1, 2, 4, 9], ddof=1) = 3.559026084010437; below 1e-308 six digits are left
    const found = standardDeviation([unit, 2 * unit, 4 * unit, 9 * unit, NaN]);
    expect(found / unit).toBeCloseTo(3.559026084010437, unit < 1e-308 ? 6 : 13);
  });

  it("does not overflow for the largest numbers", () => {
    // half of the distance: 1.7e308 from the mean 0
    expect(standardDeviation([1.7e308, -1.7e308], { ddof: 0 })).toBe(1.7e308);
    expect(standardDeviation([1e308, 1e308, 1e308])).toBe(0);
    expect(standardDeviation([1, Infinity])).toBeNaN();
  });

  it("of a single value is NaN for a sample and 0 for a population", () => {
    expect(standardDeviation([5])).toBeNaN();
    expect(standardDeviation([5], { ddof: 0 })).toBe(0);
  });
});
