import { expect, it } from "vitest";
import { degenerate } from "./degenerate.ts";

function classes(truth: readonly number[], answers: readonly number[]) {
  const [yTrue, yPred] = [Float64Array.from(truth), Float64Array.from(answers)];
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities: null } as const;
}

it("names the one class that a model answers for every row", () => {
  expect(degenerate(classes([0, 1, 1], [1, 1, 1]), ["no", "yes"])).toBe("it answers yes for every one of 3 rows");
});

it("names the one number that a model answers for every row", () => {
  const evaluation = { ...classes([1.5, 2, 3], [2.25, 2.25, 2.25]), task: "regression" } as const;
  expect(degenerate(evaluation)).toBe("it answers 2.25 for every one of 3 rows");
});

it("finds nothing where answers differ, where all are right to be alike, or where one row cannot tell", () => {
  expect(degenerate(classes([0, 1, 1], [1, 1, 0]), ["no", "yes"])).toBeUndefined();
  expect(degenerate(classes([1, 1, 1], [1, 1, 1]), ["no", "yes"])).toBeUndefined();
  expect(degenerate(classes([1, 1, 1], [0, 0, 0]), ["no", "yes"])).toBeUndefined();
  expect(degenerate(classes([1], [0]), ["no", "yes"])).toBeUndefined();
});
