import { expect, it } from "vitest";
import { random } from "../core/random.ts";
import { independentCount, normalWidth, quantileWidth, residualsNeeded } from "./residualInterval.ts";

it("needs as many residuals as the level has beyond it", () => {
  expect([0.5, 0.8, 0.9, 0.95, 0.99].map(residualsNeeded)).toEqual([1, 4, 9, 19, 99]);
});

it("leaves a share of the residuals outside, whatever their sign", () => {
  const residuals = Float64Array.from({ length: 99 }, (_, i) => (i % 2 === 0 ? i : -i));
  // (99 + 1) · 0.2 = 20 lie at or beyond the bound; of 4 residuals it is the largest.
  expect(quantileWidth(residuals, 0.8)).toBe(79);
  expect(quantileWidth(residuals.slice(0, 4), 0.8)).toBe(3);
});

it("counts residuals that are independent", () => {
  const { normal } = random(7);
  const noise = Float64Array.from({ length: 100 }, normal);
  expect(independentCount(noise)).toBeGreaterThan(60);
  // Each has nine of its ten terms in common with the next one.
  const sums = noise.map((_, i) => noise.slice(Math.max(0, i - 9), i + 1).reduce((sum, each) => sum + each, 0));
  expect(independentCount(sums)).toBeGreaterThan(2);
  expect(independentCount(sums)).toBeLessThan(20);
  expect([Float64Array.of(1, 1, 1, 1), new Float64Array(4)].map(independentCount)).toEqual([1, 4]);
});

it.each([
  ["quantileWidth", quantileWidth, 59],
  [
    "normalWidth",
    (values: Float64Array, level: number) => {
      return normalWidth(values.reduce((sum, each) => sum + each ** 2, 0) / values.length, values.length, level);
    },
    12,
  ],
])("%s covers the next error with the probability of the level", (_, widthOf, count) => {
  const { normal } = random(5);
  for (const level of [0.8, 0.95]) {
    let covered = 0;
    for (let i = 0; i < 4000; i++) {
      const width = widthOf(Float64Array.from({ length: count }, normal), level);
      if (Math.abs(normal()) <= width) covered++;
    }
    // Of 4000 draws, three standard errors are 0.019 and 0.010.
    expect(Math.abs(covered / 4000 - level)).toBeLessThan(3 * Math.sqrt((level * (1 - level)) / 4000) + 0.005);
  }
});
