import { expect, it } from "vitest";
import { isotonicRegression } from "../pipeline/fit/bestThreshold.ts";

it("equals scikit-learn's for ties and points that violate the order", () => {
  const x = Float64Array.of(0.05, 0.1, 0.2, 0.2, 0.3, 0.35, 0.45, 0.5, 0.6, 0.6, 0.7, 0.8, 0.85, 0.9, 0.97);
  const y = Float64Array.of(0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1);
  // i = IsotonicRegression(out_of_bounds="clip").fit(x, y); i.X_thresholds_, i.y_thresholds_
  const steps = isotonicRegression(x, y);
  expect(steps.x).toEqual([0.05, 0.1, 0.2, 0.35, 0.45, 0.6, 0.7, 0.85, 0.9, 0.97]);
  expect(steps.y).toEqual([0, 0, 0.25, 0.25, 0.5, 0.5, 2 / 3, 2 / 3, 1, 1]);
});

it("does not depend on the order of the points and never decreases", () => {
  const x = Float64Array.of(3, 1, 2);
  expect(isotonicRegression(x, Float64Array.of(5, 7, 6))).toEqual({ x: [1, 3], y: [6, 6] });
  expect(isotonicRegression(x, Float64Array.of(7, 5, 6))).toEqual({ x: [1, 2, 3], y: [5, 6, 7] });
});
