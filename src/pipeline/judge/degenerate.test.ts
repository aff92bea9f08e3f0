import { expect, it } from "vitest";
import { degenerate } from "./baselineEvaluation.ts";

function classes(labels: readonly number[], predictions: readonly number[]) {
  const [yTrue, yPred] = [Float64Array.from(labels), Float64Array.from(predictions)];
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities: null } as const;
}

it("names the class that a model predicts for every row", () => {
  expect(degenerate(classes([0, 1, 1], [1, 1, 1]), ["no", "yes"])).toBe("it predicts yes for all 3 rows");
});

it("names the number that a model predicts for every row", () => {
  const evaluation = { ...classes([1.5, 2, 3], [2.25, 2.25, 2.25]), task: "regression" } as const;
  expect(degenerate(evaluation)).toBe("it predicts 2.25 for all 3 rows");
});

it("reports nothing if predictions differ, if the labels are constant too, or for a single row", () => {
  expect(degenerate(classes([0, 1, 1], [1, 1, 0]), ["no", "yes"])).toBeUndefined();
  expect(degenerate(classes([1, 1, 1], [1, 1, 1]), ["no", "yes"])).toBeUndefined();
  expect(degenerate(classes([1, 1, 1], [0, 0, 0]), ["no", "yes"])).toBeUndefined();
  expect(degenerate(classes([1], [0]), ["no", "yes"])).toBeUndefined();
});
