import { expect, it } from "vitest";
import { thinCurve } from "./curve.ts";

it("keeps both ends and does not change the points that it keeps", () => {
  const points = Array.from({ length: 100_001 }, (_, i) => [i / 1e5, (i / 1e5) ** 2] as const);
  const thin = thinCurve(points);
  expect(thin.length).toBeLessThan(600);
  expect([thin[0], thin.at(-1)]).toEqual([[0, 0], [1, 1]]); // prettier-ignore
  expect(thin.every(([x, y]) => y === x ** 2)).toBe(true);
});

it("does not thin a short curve", () => {
  const points = [[0, 0], [0, 1], [1, 1]] as const; // prettier-ignore
  expect(thinCurve(points)).toEqual(points);
});
