import { expect, it } from "vitest";
import { confusionMatrixPlot } from "./confusionMatrix.ts";

it("describes the share of correct predictions and the most frequent error", () => {
  const { description } = confusionMatrixPlot({ classes: ["no", "yes"], matrix: [[80, 20], [5, 45]] }); // prettier-ignore
  // 125 of 150 = 83.3 %; 20 of 100 true "no" = 20 %.
  expect(description).toBe(
    "125 of 150 rows (83 %) are predicted correctly. The most frequent error: 20 rows of “no” predicted as “yes”, 20 % of that class.",
  );
});

it("merges the rarest of more than 30 classes without losing rows", () => {
  const count = 40;
  const classes = Array.from({ length: count }, (_, i) => `c${i}`);
  const matrix = classes.map((_, i) => classes.map((_other, j) => (i === j ? i + 1 : 0)));
  const spec = confusionMatrixPlot({ classes, matrix });
  const { values } = spec["data"] as unknown as { values: { actual: string; count: number }[] };
  expect(new Set(values.map(({ actual }) => actual)).size).toBe(30);
  // 1 + 2 + … + 40 = 820 rows; the eleven rarest hold 1 + … + 11 = 66.
  expect(values.reduce((sum, cell) => sum + cell.count, 0)).toBe(820);
  expect(values.filter((cell) => cell.actual === "11 rarer classes").reduce((sum, cell) => sum + cell.count, 0)).toBe(
    66,
  );
});

it("draws an empty matrix if there are no rows", () => {
  const { description } = confusionMatrixPlot({ classes: ["no", "yes"], matrix: [[0, 0], [0, 0]] }); // prettier-ignore
  expect(description).toBe("There are no rows to show.");
});
