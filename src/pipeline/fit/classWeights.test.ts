import { expect, it } from "vitest";
import type { TargetSpec } from "../../core/table/table.ts";
import { classWeights } from "./candidateFeatures.ts";

const target: TargetSpec = { name: "kind", task: "multiclass", classes: ["a", "b", "c"] };
const y = Float64Array.of(0, 0, 0, 1, 2, 0);

it("balances classes by their number of rows", () => {
  // compute_sample_weight("balanced", [0, 0, 0, 1, 2, 0]): 6 / (3 · 4) = 0.5 for a, 6 / 3 = 2 for the others.
  expect(classWeights(y, target, "balanced")).toEqual(Float64Array.of(0.5, 0.5, 0.5, 2, 2, 0.5));
});

it("uses weights by label, and 1 for other classes", () => {
  expect(classWeights(y, target, { b: 5, c: 0.5 })).toEqual(Float64Array.of(1, 1, 1, 5, 0.5, 1));
  expect(() => classWeights(y, target, { bb: 5 })).toThrow('train.class_weight: "bb" is not a class of "kind"');
});

it("is undefined without a setting and for regression", () => {
  expect(classWeights(y, target, null)).toBeUndefined();
  expect(classWeights(y, { name: "y", task: "regression" }, "balanced")).toBeUndefined();
});
