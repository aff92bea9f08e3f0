import { describe, expect, it } from "vitest";
import { decileCounts } from "./decileCounts.ts";
import { populationStabilityIndex } from "./shareDistances.ts";

describe("populationStabilityIndex", () => {
  it("is zero for equal shares and matches a manual calculation for others", () => {
    expect(populationStabilityIndex(Float64Array.of(10, 30), Float64Array.of(100, 300))).toBe(0);
    // shares .5, .5 → .8, .2: (.8 − .5) ln(.8 / .5) + (.2 − .5) ln(.2 / .5) = .3 ln 1.6 + .3 ln 2.5 = .3 ln 4
    const index = populationStabilityIndex(Float64Array.of(50, 50), Float64Array.of(80, 20));
    expect(Math.abs(index - 0.3 * Math.log(4))).toBeLessThan(1e-15); // rounding of two terms
  });

  it("stays finite for an empty bin and rejects a side without rows", () => {
    // shares .5, .5 → 1, .0001 (replaces 0): .5 ln 2 + .4999 ln 5000
    const index = populationStabilityIndex(Float64Array.of(5, 5), Float64Array.of(10, 0));
    expect(Math.abs(index - (0.5 * Math.log(2) + 0.4999 * Math.log(5000)))).toBeLessThan(1e-14);
    expect(() => populationStabilityIndex(Float64Array.of(1), Float64Array.of(0))).toThrow("rows on both sides");
  });
});

describe("decileCounts", () => {
  it("has ten rows in each of ten bins for a hundred distinct values", () => {
    const reference = Float64Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    const { reference: expected, current } = decileCounts(reference, Float64Array.of(-5, 0, 50.5, 99, 1000));
    expect([...expected]).toEqual(Array.from({ length: 10 }, () => 10));
    expect([...current]).toEqual([2, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
  });

  it("gives a value that spans several deciles its own bin", () => {
    // below 0, at 0, between, at 1, above 1
    const { reference, current } = decileCounts(Float64Array.of(0, 0, 0, 1, 1), Float64Array.of(0, 1, 1, 2, -1, 0.5));
    expect([...reference]).toEqual([0, 3, 0, 2, 0]);
    expect([...current]).toEqual([1, 1, 1, 2, 1]);
  });

  it("detects a constant that moves in either direction", () => {
    const constant = new Float64Array(50).fill(5);
    for (const other of [4, 6]) {
      const { reference, current } = decileCounts(constant, new Float64Array(50).fill(other));
      expect(populationStabilityIndex(reference, current)).toBeGreaterThan(1);
    }
  });
});
