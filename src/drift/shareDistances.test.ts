import { describe, expect, it } from "vitest";
import {
  hellingerDistance,
  jensenShannonDistance,
  kullbackLeiblerDivergence,
  totalVariationDistance,
} from "./shareDistances.ts";

const counts = (...values: number[]): Float64Array => Float64Array.from(values);

describe("distances of shares", () => {
  // p, q = shares; scipy.spatial.distance.jensenshannon(p, q), scipy.stats.entropy(p, q) with 1e-4 instead of 0,
  // np.sqrt(np.sum((np.sqrt(p) − np.sqrt(q)) ** 2) / 2), np.abs(p − q).sum() / 2
  it.each([
    [[10, 20, 30], [12, 18, 40], 0.06060322223645734, 0.015042889354984157, 0.06063533083020123, 0.07619047619047618],
    [[5, 0, 3], [2, 4, 9], 0.43820447353326686, 0.7883430608340638, 0.48680921969487206, 0.49166666666666664],
    [[100, 200], [90, 260], 0.05911620868672764, 0.014361342068206315, 0.05914750684892173, 0.07619047619047623],
    [[1000, 5, 3], [10, 400, 2], 0.7859136574432307, 3.65339161514187, 0.8784235680519905, 0.9677916474032979],
    [[1, 0], [0, 1], 0.8325546111576977, 9.208498488090177, 1, 1],
  ])("of %j and %j equal SciPy's and the definitions", (p, q, jensenShannon, kullbackLeibler, hellinger, variation) => {
    const [reference, current] = [counts(...p), counts(...q)];
    // sums of at most five terms near 1
    expect(Math.abs(jensenShannonDistance(reference, current) - jensenShannon)).toBeLessThan(1e-14);
    expect(Math.abs(kullbackLeiblerDivergence(reference, current) - kullbackLeibler)).toBeLessThan(1e-13);
    expect(Math.abs(hellingerDistance(reference, current) - hellinger)).toBeLessThan(1e-15);
    expect(Math.abs(totalVariationDistance(reference, current) - variation)).toBeLessThan(1e-15);
  });

  it.each([jensenShannonDistance, kullbackLeiblerDivergence, hellingerDistance, totalVariationDistance])(
    "%o is 0 for equal shares and rejects sides without rows",
    (distance) => {
      expect(distance(counts(1, 3), counts(20, 60))).toBe(0);
      expect(() => distance(counts(0, 0), counts(1, 1))).toThrow("rows on both sides");
      expect(() => distance(counts(1), counts(1, 1))).toThrow("the same categories");
    },
  );
});
