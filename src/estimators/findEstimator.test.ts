import { expect, it } from "vitest";
import { findEstimator } from "./findEstimator.ts";
import { estimators } from "./index.ts";

it("finds a family by its name", () => {
  expect(findEstimator("xgboost")).toBe(estimators.xgboost);
});

it("suggests the family that was meant", () => {
  expect(() => findEstimator("xgbost")).toThrow('unknown model family "xgbost"');
  expect(() => findEstimator("xgbost")).toThrow(expect.objectContaining({ hint: 'did you mean "xgboost"?' }));
});

it("does not take what every object has for a family", () => {
  expect(() => findEstimator("constructor")).toThrow('unknown model family "constructor"');
});
