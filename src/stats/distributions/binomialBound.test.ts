import { expect, it } from "vitest";
import { binomialBound } from "../distributions.ts";

// scipy.stats.binom.isf(alpha, n, p), SciPy 1.10.
it.each([
  [20, 0.1, 0.001, 7],
  [1000, 0.05, 0.001, 73],
  [1000, 0.5, 0.05, 526],
  [1_000_000, 0.001, 0.0001, 1120],
  [5, 0.9, 0.05, 5],
  [200, 0.0001, 0.01, 1],
])("of %i rows with a share of %f, at %f, equals SciPy's", (n, p, alpha, expected) => {
  expect(binomialBound(n, p, alpha)).toBe(expected);
});

it("is 0 for a probability of 0, and n for a probability of 1", () => {
  expect([binomialBound(100, 0, 0.01), binomialBound(100, 1, 0.01), binomialBound(0, 0.5, 0.01)]).toEqual([0, 100, 0]);
});
