import { expect, it } from "vitest";
import type { Aggregate } from "../../core/records/lineage.ts";
import { aggregateFolds } from "./crossValidate.ts";

// The last fold is an outlier: 18 compared with 2 to 4 of the others.
it.each<[Aggregate, readonly number[], number]>([
  ["mean", [3, 2, 4, 18], 27 / 4],
  ["median", [3, 2, 4, 18], 3.5],
  ["median", [3, 2, 18], 3],
  ["trimmed_mean", [3, 2, 4, 18], 3.5],
  ["trimmed_mean", [3, 2, 18], 3],
  ["trimmed_mean", [3, 18], 10.5],
  ["trimmed_mean", [7], 7],
  // scipy.stats.trim_mean([9, 1, 5, 100, 4, 6, 7, -50, 8, 2], 0.2): the mean of 2, 4, 5, 6, 7, 8.
  ["trimmed_mean", [9, 1, 5, 100, 4, 6, 7, -50, 8, 2], 32 / 6],
  // Trims one of five at each end: (17.29 + 6.87 + 3.17) / 3, the linear model on lags of the crs system.
  ["trimmed_mean", [17.29, 6.87, 3.17, 3.1, 121.75], 9.11],
])("%s of %o is %f", (aggregate, values, expected) => {
  expect(aggregateFolds(values, aggregate)).toBeCloseTo(expected, 12);
});

it("is null if a fold is undefined or there are no folds, and does not modify its argument", () => {
  for (const aggregate of ["mean", "median", "trimmed_mean"] as const) {
    expect(aggregateFolds([1, null, 3], aggregate)).toBeNull();
    expect(aggregateFolds([1, NaN, 3], aggregate)).toBeNull();
    expect(aggregateFolds([], aggregate)).toBeNull();
    const values = [3, 1, 2];
    aggregateFolds(values, aggregate);
    expect(values).toEqual([3, 1, 2]);
  }
});
