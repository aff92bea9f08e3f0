import { describe, expect, it } from "vitest";
import { median, quantileSorted } from "./descriptive.ts";

const values = Float64Array.of(3.5, -1, 0.1, 7, 2, 2, 9.25);

describe("quantileSorted", () => {
  it("interpolates linearly like numpy", () => {
    // [float(np.quantile([3.5, -1, .1, 7, 2, 2, 9.25], q)) for q in (0, .1, .25, .37, .5, .9, 1)]
    const expected = [-1.0, -0.33999999999999997, 1.05, 2.0, 2.0, 7.9, 9.25];
    expect([0, 0.1, 0.25, 0.37, 0.5, 0.9, 1].map((share) => quantileSorted(values.toSorted(), share))).toEqual(
      expected,
    );
  });

  it("does not overflow between the largest numbers", () => {
    // −1.6e308 + ¼ · 3.2e308
    expect(quantileSorted([-1.6e308, 1.6e308], 0.25) / 1e308).toBeCloseTo(-0.8, 14);
  });

  it("does not change its argument and ignores missing values", () => {
    const unsorted = Float64Array.of(5, NaN, 1, 3);
    expect(median(unsorted)).toBe(3);
    expect([...unsorted]).toEqual([5, NaN, 1, 3]);
  });

  it("is NaN without values and keeps infinities", () => {
    expect(median(Float64Array.of(NaN))).toBeNaN();
    expect(quantileSorted([-Infinity, -Infinity, 0, Infinity, Infinity], 0.125)).toBe(-Infinity);
  });

  it("rejects a share outside 0 to 1", () => {
    expect(() => quantileSorted([1, 2], 50)).toThrow(RangeError);
    expect(() => quantileSorted([1, 2], NaN)).toThrow(RangeError);
  });
});

describe("median", () => {
  it("is the mean of the two middle values for an even count", () => {
    expect(median(Float64Array.of(4, 1, 3, 2))).toBe(2.5);
    expect(median(values)).toBe(2);
  });
});
