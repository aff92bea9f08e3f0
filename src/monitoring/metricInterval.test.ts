import { expect, it } from "vitest";
import { random } from "../core/random.ts";
import { metricInterval } from "./performanceReport.ts";

it("narrows with the square root of the number of rows in large windows", () => {
  const { normal } = random(3);
  const yTrue = new Float64Array(80_000);
  const yPred = Float64Array.from({ length: 80_000 }, normal);
  const evaluation = { task: "regression", classCount: 0, yTrue, yPred, probabilities: null } as const;
  const [low, high] = metricInterval(evaluation, "mse", { seed: 1, resamples: 400 })!;
  // The mean of squared normal values has variance 2 / n: ± 1.96 √(2 / 80,000) is 0.0196 wide; bootstrap bounds vary by a tenth.
  expect(high - low).toBeGreaterThan(0.0196 * 0.85);
  expect(high - low).toBeLessThan(0.0196 * 1.15);
  const value = yPred.reduce((sum, error) => sum + error * error, 0) / 80_000;
  expect(low).toBeLessThan(value);
  expect(high).toBeGreaterThan(value);
});
