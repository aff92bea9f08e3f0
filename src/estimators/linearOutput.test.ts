import { expect, it } from "vitest";
import { linearContributions } from "./linearOutput.ts";

it("contributions are coefficient times distance from the mean; the base value is the prediction for the mean row", () => {
  const X = { rowCount: 2, columnNames: ["a", "b"], values: Float64Array.of(1, 2, 3, 4) };
  const outputs = [
    { coefficients: Float64Array.of(10, -1), intercept: 5 },
    { coefficients: Float64Array.of(0, 2), intercept: 0 },
  ];
  const { outputCount, values, baseValues } = linearContributions(outputs, Float64Array.of(2, 2), X);
  expect(outputCount).toBe(2);
  // 10 (1 − 2), −1 (2 − 2); 0, 2 (2 − 2); 10 (3 − 2), −1 (4 − 2); 0, 2 (4 − 2)
  expect([...values]).toEqual([-10, -0, -0, 0, 10, -2, 0, 4]);
  expect([...baseValues]).toEqual([5 + 20 - 2, 4]);
});
