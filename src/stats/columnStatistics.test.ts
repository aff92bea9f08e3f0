import { expect, it } from "vitest";
import { columnStatistics } from "./descriptive.ts";

it("uses only finite numbers, in any position", () => {
  const { count, mean, standardDeviation, quantiles } = columnStatistics(Float64Array.of(4, NaN, 1, Infinity, 3, 2));
  expect([count, mean]).toEqual([4, 2.5]);
  // (1.5² + 0.5² + 0.5² + 1.5²) / (4 − 1) = 5 / 3
  expect(standardDeviation).toBe(Math.sqrt(5 / 3));
  expect(quantiles).toHaveLength(101);
  // Position 0.25 × 3 = 0.75 between 1 and 2.
  expect([0, 25, 50, 100].map((percent) => quantiles[percent])).toEqual([1, 1.75, 2.5, 4]);
});

it("is NaN without numbers, and has no standard deviation for a single one", () => {
  expect(columnStatistics(Float64Array.of(NaN, -Infinity))).toEqual({
    count: 0,
    mean: NaN,
    standardDeviation: NaN,
    quantiles: [],
  });
  expect(columnStatistics(Float64Array.of(7))).toMatchObject({ count: 1, mean: 7, standardDeviation: NaN });
});

it("computes the statistics of an array once, and separately for an equal array", () => {
  const values = Float64Array.of(1, 2, 3);
  expect(columnStatistics(values)).toBe(columnStatistics(values));
  expect(columnStatistics(values.slice())).not.toBe(columnStatistics(values));
});
