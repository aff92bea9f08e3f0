import { expect, it } from "vitest";
import { wilsonUpper } from "../distributions.ts";

it("is the upper end of the Wilson interval", () => {
  // scipy.stats.binomtest(5, 100).proportion_ci(0.95, "wilson").high, z = 1.959963984540054; to twelve digits.
  expect(wilsonUpper(5, 100, 1.959963984540054)).toBeCloseTo(0.11175046923191914, 12);
  // By hand: z² / (n + z²) for a count of 0, 9 / 109.
  expect(wilsonUpper(0, 100, 3)).toBeCloseTo(9 / 109, 14);
  expect(wilsonUpper(0, 0, 3)).toBe(1);
});
