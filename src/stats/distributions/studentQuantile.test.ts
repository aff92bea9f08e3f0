import { expect, it } from "vitest";
import { studentQuantile } from "../residualInterval.ts";

// scipy.stats.t.ppf((1 + level) / 2, df); published tables have the same to four digits.
it.each([
  [0.95, 1, 12.706204736],
  [0.95, 2, 4.302652729],
  [0.8, 3, 1.637744354],
  [0.9, 4, 2.131846786],
  [0.95, 10, 2.228138852],
  [0.8, 25, 1.316345073],
  [0.95, 30, 2.042272456],
])("level %d with %d degrees of freedom is %d", (level, degreesOfFreedom, expected) => {
  expect(studentQuantile(level, degreesOfFreedom)).toBeCloseTo(expected, 8);
});
