import { expect, it } from "vitest";
import { didYouMean, suggest } from "./suggest.ts";

it.each([
  ["trian", "train"],
  ["Exited", "exited"],
  ["logistic_regresion", "logistic_regression"],
  ["f2", "f1"],
])("suggests %s → %s", (word, expected) => {
  expect(suggest(word, ["train", "tune", "exited", "logistic_regression", "f1"])).toBe(expected);
});

it("makes no far-fetched suggestions", () => {
  expect(suggest("banana", ["train", "score"])).toBeUndefined();
  expect(suggest("x", [])).toBeUndefined();
  expect(suggest("1", ["-"])).toBeUndefined();
});

it("asks with the closest candidate, or not at all", () => {
  expect(didYouMean("agee", ["age", "income"])).toBe('did you mean "age"?');
  expect(didYouMean("zip", ["age", "income"])).toBeUndefined();
});
