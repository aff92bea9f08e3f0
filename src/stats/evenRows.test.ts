import { expect, it } from "vitest";
import { evenRows } from "./samplePositions.ts";
import { extentOf } from "./descriptive.ts";

it("chooses all rows, or as many as asked for at even distances", () => {
  expect([...evenRows(3, 5)]).toEqual([0, 1, 2]);
  expect([...evenRows(10, 5)]).toEqual([0, 2, 4, 6, 8]);
  expect([...evenRows(7, 3)]).toEqual([0, 2, 4]);
  expect([...evenRows(0, 3)]).toEqual([]);
});

it("finds minimum and maximum without missing values", () => {
  expect(extentOf([3, NaN, -1, 2])).toEqual([-1, 3]);
  expect(extentOf([NaN])).toEqual([Infinity, -Infinity]);
});
