import { expect, it } from "vitest";
import { random } from "../core/random.ts";
import { normalOffsets, quantileOffsets, residualsNeeded } from "./residualInterval.ts";

it("needs as many residuals as the level has in its tails", () => {
  expect([0.5, 0.8, 0.9, 0.95, 0.99].map(residualsNeeded)).toEqual([3, 9, 19, 39, 199]);
});

it("leaves a share of the residuals outside on each side", () => {
  const residuals = Float64Array.from({ length: 99 }, (_, i) => i - 49);
  // (99 + 1) · 0.1 = 10 lie at or beyond each bound; of 9 residuals it is the first and the last.
  expect(quantileOffsets(residuals, 0.8)).toEqual([-40, 40]);
  expect(quantileOffsets(residuals.slice(0, 9), 0.8)).toEqual([-49, -41]);
});

it.each([
  ["quantileOffsets", quantileOffsets, 59],
  ["normalOffsets", normalOffsets, 12],
])("%s cover the next error with the probability of the level", (_, offsets, count) => {
  const { normal } = random(5);
  for (const level of [0.8, 0.95]) {
    let covered = 0;
    for (let i = 0; i < 4000; i++) {
      const [lower, upper] = offsets(Float64Array.from({ length: count }, normal).toSorted(), level);
      const next = normal();
      if (lower <= next && next <= upper) covered++;
    }
    // Of 4000 draws, three standard errors are 0.019 and 0.010.
    expect(Math.abs(covered / 4000 - level)).toBeLessThan(3 * Math.sqrt((level * (1 - level)) / 4000) + 0.005);
  }
});
