import { expect, it } from "vitest";
import { binned } from "./density.ts";

it("covers the values with bins, whose shares sum to 1", () => {
  const { edges, shares } = binned([0, 1, 1, 3, 4], 4);
  expect(edges).toEqual([0, 1, 2, 3, 4]);
  expect(shares).toEqual([0.2, 0.4, 0, 0.4]);
});

it("does not let an outlier squeeze the other values into one bin", () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1e9 : i));
  const { edges, shares } = binned(values, 10);
  expect(edges.at(-1)).toBeLessThan(1001);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
});

it("ignores missing values and handles lists without values", () => {
  expect([[NaN], []].map((list) => binned(list, 2).shares)).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  expect(binned([5, 5, NaN], 2).edges).toEqual([4.5, 5, 5.5]);
});
