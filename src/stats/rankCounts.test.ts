import { expect, it } from "vitest";
import { rankCounts } from "./rankCounts.ts";

it("counts values below, at, between and above points", () => {
  // below 1 | at 1 | between | at 3 | above
  expect([...rankCounts(Float64Array.of(1, 3), Float64Array.of(3, 0, 2, 1, 2.5, 9, 3, -Infinity))]).toEqual([
    2, 1, 2, 2, 1,
  ]);
  expect([...rankCounts(Float64Array.of(), Float64Array.of(5, 6))]).toEqual([2]);
});

it("equals a naive count for dense, distant and single points", () => {
  const values = Float64Array.from({ length: 2000 }, (_, i) => ((i * 977) % 1999) / 100 - 5);
  for (const points of [[3], [0, 1e-300, 2, 1e300], [-1e308, 1, 1.0000000000000002, 7.77, 1e308], [-5, 14.98]]) {
    const places = points.flatMap((point, i) => [
      values.filter((value) => value < point && (i === 0 || value > points[i - 1]!)).length,
      values.filter((value) => value === point).length,
    ]);
    const above = values.filter((value) => value > points.at(-1)!).length;
    expect([...rankCounts(Float64Array.from(points), values)]).toEqual([...places, above]);
  }
});
