import { expect, it } from "vitest";
import { suggest } from "./suggest.ts";

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
});
