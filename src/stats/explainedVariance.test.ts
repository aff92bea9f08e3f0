import { describe, expect, it } from "vitest";
import { explainedVariance } from "../pipeline/search/parameterImportance.ts";

describe("explainedVariance", () => {
  it("is epsilon squared", () => {
    // Means 2, 3, 7, overall 4: SS_between 3·(4 + 1 + 9) = 42, SS_within 2 + 2 + 2 = 6, SS_total 48, MS_within 1.
    // (42 − 2 · 1) / 48 = 0.8333; effectsize::epsilon_squared(aov(y ~ g)) gives the same.
    expect(explainedVariance([..."aaabbbccc"], [1, 2, 3, 2, 3, 4, 6, 7, 8])).toBeCloseTo(40 / 48, 12);
  });

  it("is 0 where the groups differ less than chance would make them", () => {
    expect(explainedVariance([..."abab"], [1, 1, 2, 2])).toBe(0);
  });

  it("is undefined for one group, for values without variance, and for groups of one value", () => {
    expect([
      explainedVariance([..."aaa"], [1, 2, 3]),
      explainedVariance([..."aab"], [1, 1, 1]),
      explainedVariance([..."abc"], [1, 2, 3]),
    ]).toEqual([null, null, null]);
  });
});
