import { expect, it } from "vitest";
import { gaussLegendre } from "./leafContributions.ts";

it("integrates powers below twice the number of points exactly", () => {
  for (const count of [1, 2, 3, 8, 40]) {
    const { points, weights } = gaussLegendre(count);
    for (let power = 0; power < 2 * count; power++) {
      const integral = weights.reduce((sum, weight, i) => sum + weight * points[i]! ** power, 0);
      expect(integral).toBeCloseTo(1 / (power + 1), 14);
    }
  }
});
