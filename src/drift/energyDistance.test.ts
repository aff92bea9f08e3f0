import { describe, expect, it } from "vitest";
import { energyDistance } from "./wassersteinDistance.ts";
import { lcgSample, type Sample } from "../testing/lcgSample.ts";

describe("energyDistance", () => {
  // scipy.stats.energy_distance(sample(a), sample(b))
  it.each<[Sample, Sample, number]>([
    [[500, 1], [300, 2], 0.027077474032901117],
    [[500, 1], [300, 2, 0.1], 0.12055181015042835],
    [[8, 3], [40, 4, 0.3], 0.2853623717271322],
    [[12, 5, 0, 5], [9, 6, 0.2, 5], 0.4547418206595806],
    [[2000, 1, 0, 10], [5000, 2, 0.01, 10], 0.019127728563527867],
  ])("of %j and %j equals SciPy's", (a, b, distance) => {
    expect(Math.abs(energyDistance(lcgSample(a), lcgSample(b)) - distance)).toBeLessThan(1e-13); // sums of positive terms
  });

  it("is √(2 d) for two single values d apart", () => {
    // (F − G)² is 1 between them, over a length of 8
    expect(energyDistance(Float64Array.of(1), Float64Array.of(9))).toBe(4);
  });

  it("rejects an empty sample", () => {
    expect(() => energyDistance(Float64Array.of(1), Float64Array.of())).toThrow("values on both sides");
  });
});
