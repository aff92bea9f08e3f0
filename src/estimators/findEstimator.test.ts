import { expect, it } from "vitest";
import { findEstimator } from "./findEstimator.ts";
import { estimators } from "./index.ts";

it("finds a family by its name", () => {
  expect(findEstimator("xgboost")).toBe(estimators.xgboost);
});

it("suggests the closest family", () => {
  expect(() => findEstimator("xgbost")).toThrow('unknown model family "xgbost"');
  expect(() => findEstimator("xgbost")).toThrow(expect.objectContaining({ hint: 'did you mean "xgboost"?' }));
});

it("does not accept properties of Object.prototype as a family", () => {
  expect(() => findEstimator("constructor")).toThrow('unknown model family "constructor"');
});
